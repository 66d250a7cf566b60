import type { CellVerdict, CheckVerdict, Verdict } from "../model/verdict.ts";
import { VmmId } from "../model/words.ts";
import { outputElement, type Problem, problemElement, seconds, tally } from "./text/junit-case.ts";
import { accelerations, blames, decisive, origin, outcomes, standings, weighs } from "./text/phrases.ts";
import { excerpt, oneLine } from "./text/plain.ts";
import { type Element, xml } from "./text/xml.ts";

/** UTF-16 units of a body, less where there are many: readers refuse files of 25 MB. */
const bodyMax = 16_384;
const allBodiesMax = 8 * 1024 * 1024;

function checkProblem(check: CheckVerdict): Problem | undefined {
  const { outcome, reason, knownIssue, gating } = check;
  if (outcome === "pass") return undefined;
  const type = reason?.code ?? "harness.bug";
  const message = reason?.message ?? outcomes[outcome];
  const detail = excerpt(reason?.detail ?? "", bodyMax).trim();
  const body = `${detail === "" ? "" : `${detail}\n\n`}${type}, blames ${reason ? blames[reason.blames] : blames.harness}`;
  if (outcome === "skip") return { element: "skipped", type, message, body };
  if (weighs(check)) return { element: outcome === "fail" ? "failure" : "error", type, message, body };
  const why = gating ? `known issue ${knownIssue}` : `${outcomes[outcome]}, but does not decide the standing`;
  return { element: "skipped", type, message: `${why}: ${message}`, body };
}

function verdictProblem(cell: CellVerdict): Problem | undefined {
  const { standing, because, notes } = cell;
  const body = [`${standing}: ${standings[standing]}`, ...notes].join("\n");
  if (standing === "supported" || standing === "provisional") return undefined;
  if (standing === "inconclusive") return { element: "error", type: standing, message: because, body };
  if (standing === "not-applicable") return { element: "skipped", type: standing, message: because, body };
  const weighty = decisive(cell);
  if (!weighty) return { element: "skipped", type: standing, message: `only known issues: ${because}`, body };
  if (weighty.outcome === "fail") return { element: "failure", type: standing, message: because, body };
  const untold = `${weighty.id}: ${weighty.reason?.message ?? outcomes.error}`;
  return { element: "error", type: standing, message: `besides known issues, could not tell: ${untold}`, body };
}

/** GitLab and others know a test by class and name: stable, and not by which components were seen. */
const vmmOf = ({ scenario }: CellVerdict): string =>
  VmmId.options.find(vmm => scenario.startsWith(`${vmm}-`)) ?? scenario;

/** Cells of one VMM share a class: then the names say which cell, or readers take one for a repetition of the other. */
function suffixes({ cells }: Verdict): (cell: CellVerdict) => string {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const vmm of cells.map(vmmOf)) (seen.has(vmm) ? shared : seen).add(vmm);
  return cell => (shared.has(vmmOf(cell)) ? ` (${cell.scenario}, ${cell.arch})` : "");
}

function properties({ standing, acceleration, testbed, components }: CellVerdict): Element {
  const property = (name: string, value: string): Element => ({ name: "property", attributes: { name, value } });
  const content = [property("standing", standing)];
  if (acceleration) content.push(property("acceleration", accelerations[acceleration]));
  if (testbed) content.push(property("testbed", testbed));
  for (const [part, component] of Object.entries(components)) {
    const { name, version, path } = component;
    content.push(property(part, oneLine(`${name} ${version ?? ""} ${path}, ${origin(component)}`)));
  }
  return { name: "properties", content };
}

function cases(target: string, cell: CellVerdict, suffix: string, max: number): Element[] {
  const classname = `kata.${target}.${vmmOf(cell)}`;
  const file = `scenarios/${cell.scenario}.json`;
  const testCase = (name: string, ms: number, content: readonly Element[]): Element => ({
    name: "testcase",
    attributes: { name: `${name}${suffix}`, classname, file, time: seconds(ms) },
    content,
  });
  const checks = cell.checks.map(check => {
    const problem = checkProblem(check);
    return testCase(check.id, check.durationMs, problem ? [problemElement(problem, max)] : []);
  });
  const problem = verdictProblem(cell);
  const said = problem ? problemElement(problem, max) : outputElement(`${cell.standing}: ${cell.because}`);
  return [...checks, testCase("verdict", 0, [said])];
}

/** The document as elements; exported so that another writer can be held against ours. */
export function junitElements(verdict: Verdict): Element {
  const { target, startedAt, cells } = verdict;
  const bodies = cells.reduce((sum, cell) => sum + cell.checks.length + 1, 0);
  const max = Math.max(200, Math.min(bodyMax, Math.floor(allBodiesMax / Math.max(1, bodies))));
  const suffix = suffixes(verdict);
  const all = cells.map(cell => ({ cell, own: cases(target, cell, suffix(cell), max) }));
  const content = all.map(({ cell, own }): Element => {
    const name = `${target} ${cell.scenario} ${cell.arch}`;
    const span = cell.durationMs ?? undefined;
    const time = span === undefined ? {} : { time: seconds(span) };
    const attributes = { name, timestamp: startedAt.slice(0, 19), ...time, ...tally(own) };
    return { name: "testsuite", attributes, content: [properties(cell), ...own] };
  });
  const counts = tally(all.flatMap(({ own }) => own));
  return { name: "testsuites", attributes: { name: `kata-verify ${target}`, ...counts }, content };
}

/**
 * `junit.xml`, flat: one suite a cell, one test case a check and one named `verdict`. Red is what decides the standing and is not known:
 * known issues, checks that do not gate and what does not apply are `<skipped>`, with the reason in the body.
 */
export const junit = (verdict: Verdict): string => xml(junitElements(verdict));
