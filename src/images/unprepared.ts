import type { Seen } from "../model/command.ts";
import type { Reason } from "../model/reason.ts";
import type { Stage } from "../model/words.ts";

/** No root file system came about; becomes a `stopped` of the cell. */
export class Unprepared extends Error {
  override readonly name = "Unprepared";
  readonly stage: Stage;
  readonly reason: Reason;
  constructor(stage: Stage, reason: Reason, options?: ErrorOptions) {
    super(reason.message, options);
    this.stage = stage;
    this.reason = reason;
  }
}

const quotedLines = 8;

/** What a program said last, where nothing in it is known. */
export function lastLines(seen: Seen): string {
  const lines = `${seen.stdout}\n${seen.stderr}`.split("\n").filter(line => line.trim() !== "");
  return lines.slice(-quotedLines).join("\n");
}
