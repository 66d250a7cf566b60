import type { Progress } from "../model/progress.ts";
import { inert } from "../reporters/text/inert.ts";
import type { Paint, Style } from "../reporters/text/paint.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { ended } from "../results/logs.ts";

type Told = Exclude<Progress, { kind: "said" }>;

function what(progress: Told): string {
  if (progress.kind === "doing") return `${progress.stage}, ${progress.message}`;
  if (progress.kind === "step")
    return `${progress.step} ${ended(progress.ending)}, ${Math.round(progress.durationMs)} ms`;
  if (progress.kind === "console") return `| ${progress.line}`;
  return `${progress.standing}: ${progress.because}`;
}

/** One event as one line of plain text that is no command to a CI service. */
export const progressText = (progress: Progress): string =>
  inert(oneLine(progress.kind === "said" ? progress.message : `${progress.cell}: ${what(progress)}`, 600));

const marks: Readonly<Record<Extract<Progress, { kind: "ended" }>["standing"], readonly [Style, string]>> = {
  supported: ["green", "✓"],
  provisional: ["yellow", "✓"],
  unsupported: ["red", "✗"],
  inconclusive: ["magenta", "?"],
  "not-applicable": ["gray", "-"],
};

/** The line that stays on a terminal for an event, if any does. `took` is how long the cell ran. */
export function lasting(progress: Progress, took: string, paint: Paint): string | undefined {
  if (progress.kind === "said") return progressText(progress);
  if (progress.kind !== "ended") return undefined;
  const [style, mark] = marks[progress.standing];
  return `${paint(style, mark)} ${progressText(progress)} (${took})`;
}
