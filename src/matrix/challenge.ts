import type { Answer, Challenge } from "../model/matrix.ts";
import type { Target } from "../model/target.ts";
import type { Run } from "./run.ts";

/** One step down for each answer that can be doubted; nothing else changes. */
const below: Readonly<Partial<Record<Answer, Answer>>> = { yes: "provisional", provisional: "unknown" };

export const demoted = (answer: Answer): Answer => below[answer] ?? answer;

/** Known issues of a target that are newer than a run: they say when they were found, or else the run did not know of them. */
export function challengeOf(run: Run, target: Pick<Target, "knownIssues">): Challenge | null {
  const found = target.knownIssues.find(
    ({ scenario, since, url }) =>
      (scenario ?? run.scenario) === run.scenario &&
      (since === undefined ? !run.knownIssues.includes(url) : since > run.at.slice(0, since.length)),
  );
  return found ? { check: found.check, url: found.url, note: found.note } : null;
}
