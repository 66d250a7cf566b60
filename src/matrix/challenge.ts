import type { Answer, Challenge } from "../model/matrix.ts";
import type { Target } from "../model/target.ts";
import type { Run } from "./run.ts";

/** One step down for each answer that can be doubted; nothing else changes. */
const below: Readonly<Partial<Record<Answer, Answer>>> = { yes: "provisional", provisional: "unknown" };

export const demoted = (answer: Answer): Answer => below[answer] ?? answer;

/** Whether an issue is newer than a run. Of the day on which it was found, or where it names none, the run tells by knowing of it. */
function isNewer({ since, url }: Target["knownIssues"][number], run: Run): boolean {
  const day = run.at.slice(0, "2026-11-22".length);
  return since === undefined || since === day ? !run.knownIssues.includes(url) : since > day;
}

/** The first known issue of a target that a run had not met; null where there is none. */
export function challengeOf(run: Run, target: Pick<Target, "knownIssues">): Challenge | null {
  const found = target.knownIssues.find(
    issue => (issue.scenario ?? run.scenario) === run.scenario && isNewer(issue, run),
  );
  return found ? { check: found.check, url: found.url, note: found.note } : null;
}
