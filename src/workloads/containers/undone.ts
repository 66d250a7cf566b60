import { error, type Judgement } from "../../model/check.ts";
import { unfinished } from "../../requirements/cut-short.ts";
import type { Told } from "../marks.ts";

/** What a script of the testbed's own side gave up at proves nothing of the container; undefined where it did not give up. */
export function undone({ steps }: Told, step: string): Judgement | undefined {
  const seen = steps[step];
  if (seen?.ending.kind !== "exited" || steps["kata.sandbox"]?.ending.kind !== "exited") return undefined;
  const why = steps["kata.sandbox"].ending.code === 0 ? unfinished(step, seen) : undefined;
  return why && error(why.code, why.message, why.detail);
}
