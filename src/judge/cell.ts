import type { Check } from "../model/check.ts";
import type { Evidence } from "../model/evidence.ts";
import { worst } from "../model/outcome.ts";
import type { CellVerdict, CheckVerdict } from "../model/verdict.ts";
import { Tier } from "../model/words.ts";
import { additionNotes } from "./additions.ts";
import { candidates } from "./candidates.ts";
import { judgeCheck } from "./check.ts";
import { components } from "./components.ts";
import { notApplicable, standing } from "./standing.ts";
import { upToDate } from "./up-to-date.ts";

function notes(evidence: Evidence, checks: readonly CheckVerdict[]): string[] {
  const { image, kata, retries, snapshot } = evidence.facts;
  const found = [...evidence.notes];
  if (image?.source === "registry" && !image.pinned)
    found.push(`image.unpinned: ${image.reference} was ${image.digest}`);
  if (kata) found.push(`Kata ${kata.version}, runtime ${kata.runtime}: vouched for by ${kata.vouched}`);
  found.push(...additionNotes(evidence));
  if (snapshot && !snapshot.restored) found.push(`No snapshot: ${snapshot.because}`);
  for (const { what, count } of retries ?? []) found.push(`Tried again ${count} time(s): ${what}`);
  for (const check of checks)
    if (check.knownIssue !== null && check.outcome === "pass")
      found.push(`${check.id} passes although it is a known issue: remove ${check.knownIssue} from the target`);
  if (evidence.finishedAt === null) found.push("The run did not end by itself: what was not seen is an error");
  return found;
}

/** Judges in order; the time of a step that several checks rest on is the first one's. */
function judgeChecks(evidence: Evidence, checks: readonly Check[]): CheckVerdict[] {
  const counted = new Set<string>();
  return checks.map(check => {
    const own = check.needs.filter(step => !counted.has(step));
    for (const step of own) counted.add(step);
    return judgeCheck(check, evidence, own);
  });
}

/** A clock may be set back meanwhile. */
const spanMs = ({ startedAt, finishedAt }: Evidence): number | null =>
  finishedAt === null ? null : Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt));

/** The verdict of one cell: a pure function of its evidence. */
export function judgeCell(evidence: Evidence, checks: readonly Check[]): CellVerdict {
  const asked = Tier.options.slice(0, Tier.options.indexOf(evidence.request.tier) + 1);
  const applies = checks.filter(check => asked.includes(check.tier));
  const shipped = evidence.stopped.every(stop => stop.reason.code !== "catalog.not-shipped");
  const judged = shipped ? upToDate(judgeChecks(evidence, applies)) : [];
  const tier = (name: Tier) => worst(judged.filter(one => one.gating && one.tier === name).map(one => one.outcome));
  const tried = candidates(evidence);
  // A scenario may have nothing for a guest of the harness's own: there is then nothing to say of that tier.
  const exercised = asked.filter(name => name !== "guest" || evidence.cell.scenario.workloads.length > 0);
  return {
    scenario: evidence.cell.scenario.id,
    arch: evidence.cell.arch,
    ...(shipped ? standing(evidence, judged) : notApplicable(evidence)),
    durationMs: spanMs(evidence),
    testbed: shipped ? evidence.request.testbed : null,
    acceleration: evidence.facts.acceleration ?? null,
    productionReady: evidence.cell.scenario.guestKernel === "distro",
    tiers: shipped ? Object.fromEntries(exercised.map(name => [name, tier(name)])) : {},
    components: components(evidence),
    ...(tried.length > 0 && { candidates: tried }),
    ...(evidence.facts.additions && { additions: evidence.facts.additions }),
    checks: judged,
    notes: notes(evidence, judged),
  };
}
