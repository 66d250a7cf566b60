import type { Builder } from "junit-report-builder";
import * as jrb from "junit-report-builder";
import type { CellVerdict, CheckVerdict, Verdict } from "../model/verdict.ts";
import { VmmId } from "../model/words.ts";
import { addOutput, addProblem, type Problem, seconds } from "./text/junit-case.ts";
import { accelerations, blames, isKnown, origin, outcomes, standings, weighs } from "./text/phrases.ts";
import { excerpt, oneLine } from "./text/plain.ts";

// Its types promise named exports, its code is a CommonJS module whose exports are one shared builder.
const shared = jrb.default as unknown as Builder;

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
  if (standing === "unsupported" && !isKnown(cell))
    return { element: "failure", type: standing, message: because, body };
  if (standing === "inconclusive") return { element: "error", type: standing, message: because, body };
  const known = standing === "unsupported" ? "only known issues: " : "";
  return { element: "skipped", type: standing, message: `${known}${because}`, body };
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

function addCell(builder: Builder, verdict: Verdict, cell: CellVerdict, suffix: string, max: number): void {
  const suite = builder.testSuite().name(`${verdict.target} ${cell.scenario} ${cell.arch}`);
  suite
    .timestamp(verdict.startedAt.slice(0, 19))
    .time(seconds(cell.checks.reduce((ms, one) => ms + one.durationMs, 0)));
  suite.property("standing", cell.standing);
  if (cell.acceleration) suite.property("acceleration", accelerations[cell.acceleration]);
  if (cell.testbed) suite.property("testbed", cell.testbed);
  for (const [part, component] of Object.entries(cell.components))
    suite.property(
      part,
      oneLine(`${component.name} ${component.version ?? ""} ${component.path}, ${origin(component)}`),
    );
  const classname = `kata.${verdict.target}.${vmmOf(cell)}`;
  const add = (name: string, ms: number, problem: Problem | undefined, out = "") => {
    const testCase = suite.testCase().name(`${name}${suffix}`).className(classname);
    testCase.file(`scenarios/${cell.scenario}.json`).time(seconds(ms));
    if (problem) addProblem(testCase, problem, max);
    else if (out !== "") addOutput(testCase, out);
  };
  for (const check of cell.checks) add(check.id, check.durationMs, checkProblem(check));
  add("verdict", 0, verdictProblem(cell), `${cell.standing}: ${cell.because}`);
}

/**
 * `junit.xml`, flat: one suite a cell, one test case a check and one named `verdict`. Red is what decides the standing and is not known:
 * known issues, checks that do not gate and what does not apply are `<skipped>`, with the reason in the body.
 */
export function junit(verdict: Verdict): string {
  const builder = shared.newBuilder().name(`kata-verify ${verdict.target}`);
  const bodies = verdict.cells.reduce((sum, cell) => sum + cell.checks.length + 1, 0);
  const max = Math.max(200, Math.min(bodyMax, Math.floor(allBodiesMax / Math.max(1, bodies))));
  const suffix = suffixes(verdict);
  for (const cell of verdict.cells) addCell(builder, verdict, cell, suffix(cell), max);
  return `${builder.build()}\n`;
}
