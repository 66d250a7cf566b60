import type { Progress, Tell } from "../model/progress.ts";
import { progressText } from "./progress-text.ts";

/** Console lines of a cell that are passed on: a guest may print for ever, its log in the results is capped too. */
const consoleMax = 500;

/** One line an event, with the seconds since the start: for pipes, files and CI logs. `now` gives milliseconds. */
export function lineProgress(stream: Pick<NodeJS.WritableStream, "write">, now: () => number = Date.now): Tell {
  const startedMs = now();
  const printed = new Map<string, number>();
  const write = (text: string): void => {
    const seconds = ((now() - startedMs) / 1000).toFixed(1).padStart(6);
    stream.write(`[${seconds}s] ${text}\n`);
  };
  return (progress: Progress) => {
    if (progress.kind !== "console") return write(progressText(progress));
    if (progress.line.trim() === "") return;
    const count = (printed.get(progress.cell) ?? 0) + 1;
    printed.set(progress.cell, count);
    if (count <= consoleMax) write(progressText(progress));
    else if (count === consoleMax + 1)
      write(progressText({ ...progress, line: "more console output is left out here; the log has it" }));
  };
}
