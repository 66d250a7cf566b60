import { error, type Judgement } from "../../model/check.ts";
import { unfinished } from "../../requirements/cut-short.ts";
import type { Told } from "../marks.ts";

/** What a script of the testbed's own side gave up at proves nothing of the container; undefined where it did not give up. */
export function undone({ steps }: Told, step: string): Judgement | undefined {
  const seen = steps[step];
  if (seen?.ending.kind !== "exited" || seen.ending.code === 0) return undefined;
  // Of a sandbox that did not come up, its own failure is told.
  const sandbox = steps["kata.sandbox"]?.ending;
  const why = sandbox?.kind === "exited" && sandbox.code === 0 ? unfinished(step, seen) : undefined;
  return why && error(why.code, why.message, why.detail);
}
