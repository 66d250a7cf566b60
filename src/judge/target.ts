import type { Evidence } from "../model/evidence.ts";
import type { Verdict } from "../model/verdict.ts";
import { judgeCell } from "./cell.ts";
import { checksOf } from "./checks.ts";
import { verdict } from "./verdict.ts";

/** The verdict that follows from the evidence of the cells of one target. */
export function judgeEvidence(seen: readonly [Evidence, ...Evidence[]]): Verdict {
  const judged = (evidence: Evidence) => ({
    cell: judgeCell(evidence, checksOf(evidence.cell.scenario)),
    startedAt: evidence.startedAt,
    finishedAt: evidence.finishedAt,
  });
  const [first, ...rest] = seen;
  return verdict(first.cell.target.id, first.tool, [judged(first), ...rest.map(judged)]);
}
