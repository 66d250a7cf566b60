import type { Check, Judgement } from "../model/check.ts";
import type { Evidence } from "../model/evidence.ts";
import { codes, reason } from "../model/reason.ts";
import type { CheckVerdict } from "../model/verdict.ts";
import { ownFault } from "./additions.ts";
import { blocker } from "./blocker.ts";
import { fair } from "./fair.ts";

/** A `fail` is proof against a product; what the runner, the harness or the catalog did can only be an `error`. */
function honest(judgement: Judgement): Judgement {
  if (judgement.outcome !== "fail") return judgement;
  const { blames } = codes[judgement.reason.code];
  return blames === "distro" || blames === "kata" ? judgement : { ...judgement, outcome: "error" };
}

/** What a check misses beside what it needs, it misses for the same reason: what stopped the cell. */
function explained(judgement: Judgement, check: Check, evidence: Evidence): Judgement {
  if (judgement.outcome !== "error" || judgement.reason.code !== "harness.not-observed") return judgement;
  const why = blocker(evidence, check, [judgement.reason.message]);
  return why.code === "harness.not-observed" ? judgement : { outcome: "error", reason: why };
}

function judgement(check: Check, evidence: Evidence): Judgement {
  const missing = check.needs.filter(step => evidence.steps[step] === undefined);
  if (missing.length > 0) return { outcome: "error", reason: blocker(evidence, check, missing) };
  try {
    return explained(fair(honest(check.judge(evidence)), check, evidence), check, evidence);
  } catch (bug) {
    return { outcome: "error", reason: reason("harness.bug", `The check ${check.id} threw`, String(bug)) };
  }
}

/** `own` are the steps whose time is counted as the check's. */
export function judgeCheck(check: Check, evidence: Evidence, own: readonly string[] = check.needs): CheckVerdict {
  const { id, tier, title, gating } = check;
  const said = ownFault(judgement(check, evidence), evidence);
  const known = evidence.cell.target.knownIssues.find(
    issue => issue.check === id && (issue.scenario ?? evidence.cell.scenario.id) === evidence.cell.scenario.id,
  );
  return {
    id,
    tier,
    title,
    gating,
    outcome: said.outcome,
    proof: said.outcome === "pass" ? said.proof : null,
    reason: said.outcome === "pass" ? null : said.reason,
    durationMs: own.reduce((sum, step) => sum + (evidence.steps[step]?.durationMs ?? 0), 0),
    knownIssue: known?.url ?? null,
  };
}
