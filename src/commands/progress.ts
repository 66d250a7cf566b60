import { paintFor } from "./paint.ts";
import { lineProgress } from "./progress-lines.ts";
import { type LiveProgress, terminalProgress } from "./progress-terminal.ts";

export { type LiveProgress, lineProgress, terminalProgress };

const silent: LiveProgress = { tell: () => undefined, [Symbol.dispose]: () => undefined };

/**
 * How a run tells what it does: live on a terminal, one line an event elsewhere and in CI, nothing with `quiet`. A stream that is closed
 * meanwhile (`| head`) ends the telling, never the run.
 */
export function progressFor(
  stream: NodeJS.WriteStream,
  { quiet, env }: { readonly quiet: boolean; readonly env: Readonly<Record<string, string | undefined>> },
): LiveProgress {
  if (quiet) return silent;
  stream.on("error", () => undefined);
  const live = stream.isTTY && !env["CI"] && env["TERM"] !== "dumb" && stream.columns > 0;
  return live ? terminalProgress(stream, paintFor(stream)) : { ...silent, tell: lineProgress(stream) };
}
