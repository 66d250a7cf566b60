import type { Readable } from "node:stream";
import * as z from "zod";

/** What the engine says while it pulls or imports: one JSON object a line. */
const Line = z.looseObject({
  status: z.string().optional(),
  id: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
  errorDetail: z.looseObject({ message: z.string().optional() }).optional(),
});
export type ProgressLine = z.infer<typeof Line>;

/**
 * Reads to the end and returns the last status. Rejects with what the engine said went wrong: docker-modem's
 * followProgress reports success for a stream that carries an error, and for one that was cut off.
 */
export async function follow(stream: Readable, onLine: (line: ProgressLine) => void = () => {}): Promise<string> {
  let rest = "";
  let last = "";
  const read = (text: string) => {
    if (text.trim() === "") return;
    const line = Line.parse(JSON.parse(text));
    const trouble = line.errorDetail?.message ?? line.error;
    if (trouble !== undefined) throw new Error(trouble);
    last = line.status ?? last;
    onLine(line);
  };
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) read(line);
  }
  read(rest);
  return last;
}
