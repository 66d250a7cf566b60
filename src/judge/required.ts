import type { Evidence } from "../model/evidence.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import type { RequiredScenario } from "../model/required.ts";
import type { CellVerdict, CheckVerdict } from "../model/verdict.ts";

/** A cell as it was seen and as it is judged. */
export interface SeenCell {
  readonly evidence: Evidence;
  readonly verdict: CellVerdict;
}

/** Of lists the order counts too: it is the order in which things run. */
const same = (here: unknown, there: unknown): boolean => JSON.stringify(here) === JSON.stringify(there);

function scenarioDiffers({ scenario }: RequiredScenario, { evidence }: SeenCell): Refusal[] {
  const seen: Readonly<Record<string, unknown>> = evidence.cell.scenario;
  return Object.entries(scenario)
    .filter(([key, value]) => !same(seen[key], value))
    .map(([key]) => refusal("required.missing", `${scenario.id}: its ${key} are not those that are required`));
}

function checkRefusal(scenario: string, { id, outcome, reason }: CheckVerdict): Refusal[] {
  if (outcome === "pass") return [];
  const said = `${scenario} ${id}: ${reason?.code ?? outcome}`;
  return [refusal(outcome === "fail" ? "required.failed" : "required.untold", said)];
}

function cellRefusals(required: RequiredScenario, seen: SeenCell): Refusal[] {
  const { id } = required.scenario;
  const judged = new Map(seen.verdict.checks.map(check => [check.id, check]));
  const listed = required.checks.flatMap(name => {
    const check = judged.get(name);
    return check ? checkRefusal(id, check) : [refusal("required.missing", `${id} ${name}`)];
  });
  // A later version may decide by more than the list has; what does not apply to an architecture is in no list of it.
  const others = seen.verdict.checks.filter(
    check => check.gating && check.outcome !== "skip" && !required.checks.includes(check.id),
  );
  return [...scenarioDiffers(required, seen), ...listed, ...others.flatMap(check => checkRefusal(id, check))];
}

/** What keeps these cells from being all that is required, and nothing else: nothing may be missing, fail, be untold or skipped. */
export function requiredRefusals(required: readonly RequiredScenario[], cells: readonly SeenCell[]): Refusal[] {
  const lacking = required.flatMap(one => {
    const seen = cells.find(({ verdict }) => verdict.scenario === one.scenario.id);
    return seen ? cellRefusals(one, seen) : [refusal("required.missing", one.scenario.id)];
  });
  const listed = required.map(({ scenario }) => scenario.id);
  const more = cells.map(({ verdict }) => verdict.scenario).filter(id => !listed.includes(id));
  return [...lacking, ...more.map(id => refusal("required.differs", `${id} is not on the list`))];
}
