import type { Challenge, Claim, Doubt, Square, SquareEvidence } from "../model/matrix.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { Arch } from "../model/words.ts";
import { notApplicable } from "../plan/cells.ts";
import { challengeOf, demoted } from "./challenge.ts";
import { columns } from "./columns.ts";
import { expiry, isExpired } from "./expiry.ts";
import { type Decision, doubtOf } from "./newest.ts";
import type { Run } from "./run.ts";
import { type Carried, carried, type Shipped } from "./shipped.ts";

/** Which square, with what the catalog has of it now: evidence may be of what it has no longer. */
export interface Place {
  readonly id: { readonly target: string; readonly scenario: string; readonly arch: Arch };
  readonly target: Target | undefined;
  readonly scenario: Scenario | undefined;
}

export interface When {
  /** An ISO date. */
  readonly today: string;
  readonly maxAgeDays: number;
}

const evidenceOf = ({ at, standing, acceleration, testbed, witness, kata, parts, source }: Run): SquareEvidence => ({
  ...{ at, standing, acceleration, testbed, witness, kata, parts },
  verdict: source.file,
});

/** Why what was seen no longer answers; undefined where it does. */
function staleness(place: Place, { broken }: Carried, expires: string, today: string): string | undefined {
  if (place.target === undefined) return "The catalog no longer has this target for this architecture";
  if (place.scenario === undefined) return "The catalog no longer has this scenario";
  if (place.target.endOfLife === expires && isExpired(expires, today))
    return `The release's end of life was ${expires}`;
  if (isExpired(expires, today)) return `What was seen has been too old since ${expires}`;
  return broken === undefined ? undefined : `The distro ships something else since: ${broken}`;
}

const untold = (runs: readonly Run[]): string => {
  const last = runs.at(-1);
  return last === undefined ? "No run of it is known" : `No run could tell. The last one: ${last.because}`;
};

/** A failure that is too old to answer is too old to doubt with. */
export function doubtOn(decision: Decision, { today, maxAgeDays }: When): Doubt | null {
  const run = doubtOf(decision);
  if (run === undefined || isExpired(expiry(run.at, maxAgeDays, undefined), today)) return null;
  return { at: run.at, witness: run.witness, because: run.because, verdict: run.source.file };
}

function claimOf(run: Run, stale: string | undefined, challenge: Challenge | null, doubt: Doubt | null): Claim {
  if (stale !== undefined) return { answer: "stale", because: `${stale}. It was: ${run.because}` };
  const why = challenge
    ? `A bug was reported since: ${challenge.url}`
    : doubt && `A ${doubt.witness} run saw a failure since: ${doubt.because}`;
  const answer = why ? demoted(run.told) : run.told;
  return { answer, because: answer === run.told ? run.because : `${why}. It was: ${run.because}` };
}

/** Why there is nothing to test, from the catalog alone; undefined where there is. */
export const nothingToTest = ({ id, target, scenario }: Place): string | undefined =>
  target && scenario && notApplicable(target, scenario, id.arch);

const productionReady = ({ scenario }: Place): boolean => scenario?.guestKernel !== "kata";

/** A square that no run decides. */
export function emptySquare(place: Place, runs: readonly Run[]): Square {
  const without = nothingToTest(place);
  const claim: Claim = without
    ? { answer: "not-applicable", because: without }
    : { answer: "unknown", because: untold(runs) };
  const base = { ...place.id, productionReady: productionReady(place), runs: runs.length };
  const nothing = { evidence: null, expires: null, challenge: null, doubt: null, carriedTo: {} };
  return { ...base, ...claim, columns: columns(claim, undefined, place.scenario), ...nothing };
}

/** A square that rests on one of `runs`; `since` is what its target was seen to ship. */
export function square(place: Place, decision: Decision, runs: number, since: Shipped, when: When): Square {
  const { id, target, scenario } = place;
  const { today, maxAgeDays } = when;
  const { run } = decision;
  const expires = expiry(run.at, maxAgeDays, target?.endOfLife);
  const far = carried(run.parts, run.at, since);
  const challenge = target ? challengeOf(run, target) : null;
  const doubt = doubtOn(decision, when);
  const claim = claimOf(run, staleness(place, far, expires, today), challenge, doubt);
  return {
    ...id,
    productionReady: productionReady(place),
    runs,
    ...claim,
    columns: columns(claim, run, scenario),
    evidence: evidenceOf(run),
    ...{ expires, challenge, doubt, carriedTo: far.to },
  };
}
