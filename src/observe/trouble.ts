import { Unprepared } from "../images/unprepared.ts";
import { type Code, type Reason, reason } from "../model/reason.ts";
import { TestbedGone } from "../model/testbed.ts";
import { JournalLost } from "../results/journal.ts";

/** What a run was ended by: carried by its AbortSignal. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";
  readonly code: Code;
  /** The process signal, where one ended it. */
  readonly signal: string | undefined;
  constructor(code: "infra.interrupted" | "infra.deadline", signal?: string) {
    super(code);
    this.code = code;
    this.signal = signal;
  }
}

const noRoom = new Set(["ENOSPC", "EDQUOT"]);
const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");

/** What an exception says about the machine; undefined for what only a bug can have thrown. */
export function reasonOf(error: unknown, signal?: AbortSignal): Reason | undefined {
  if (signal?.aborted) {
    const code = signal.reason instanceof RunEnded ? signal.reason.code : "infra.interrupted";
    return reason(code);
  }
  if (error instanceof Unprepared) return error.reason;
  if (error instanceof TestbedGone) return reason(error.code, undefined, error.message);
  if (error instanceof JournalLost || noRoom.has(codeOf(error)))
    return reason("infra.disk-full", undefined, error instanceof Error ? error.message : "");
  return undefined;
}
