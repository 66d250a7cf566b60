import { dirname } from "node:path";
import { UsageError } from "../model/failure.ts";
import type { Witness } from "../model/matrix.ts";
import type { Verdict } from "../model/verdict.ts";
import { verdictJson } from "../reporters/verdict-json.ts";
import { loadResults } from "../results/load.ts";
import { judgeTarget } from "./judge.ts";

/**
 * Who stands behind a verdict of somebody else's: judged again here where the evidence lies beside it and gives the same verdict, else
 * they alone. Rejects with UsageError where the evidence gives another one: such a verdict says nothing.
 */
export async function reportedWitness(path: string, verdict: Verdict): Promise<Witness> {
  const found = await loadResults(dirname(path)).catch((trouble: unknown) => {
    if (trouble instanceof UsageError) return [];
    throw trouble;
  });
  const [loaded, ...others] = found;
  if (loaded === undefined || others.length > 0 || loaded.cells.some(cell => !cell.journal)) return "self-reported";
  if (verdictJson(judgeTarget(loaded.target, loaded.cells)) === verdictJson(verdict)) return "re-judged";
  throw new UsageError(`${path} is not what the evidence beside it says`, "kata-verify judge says where they differ");
}
