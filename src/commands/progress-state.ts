import type { Progress } from "../model/progress.ts";
import type { Stage } from "../model/words.ts";

/** A cell that runs, as its progress told. */
export interface Running {
  readonly cell: string;
  readonly startedMs: number;
  readonly stage: Stage | undefined;
  readonly message: string;
  /** How many steps were observed. */
  readonly steps: number;
  /** The last line of a console that says something, as it came. */
  readonly console: string;
}

/** The cells that run, in the order in which they began. */
export type State = ReadonlyMap<string, Running>;

export const nothing: State = new Map();

const change = (before: Running, progress: Progress): Running => {
  if (progress.kind === "doing") return { ...before, stage: progress.stage, message: progress.message };
  if (progress.kind === "step") return { ...before, steps: before.steps + 1 };
  if (progress.kind === "console" && progress.line.trim() !== "") return { ...before, console: progress.line };
  return before;
};

/** The state after one more event; a cell is there from its first to its `ended`. */
export function advance(state: State, progress: Progress, nowMs: number): State {
  if (progress.kind === "said") return state;
  const { cell } = progress;
  const after = new Map(state);
  if (progress.kind === "ended") {
    after.delete(cell);
    return after;
  }
  const unknown: Running = { cell, startedMs: nowMs, stage: undefined, message: "", steps: 0, console: "" };
  return after.set(cell, change(state.get(cell) ?? unknown, progress));
}
