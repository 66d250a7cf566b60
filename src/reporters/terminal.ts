import type { Outcome } from "../model/outcome.ts";
import type { CellVerdict, CheckVerdict, Standing, Verdict } from "../model/verdict.ts";
import { Part } from "../model/words.ts";
import { aligned } from "./text/columns.ts";
import { tierCounts, troubles } from "./text/counts.ts";
import { inert } from "./text/inert.ts";
import type { Paint, Style } from "./text/paint.ts";
import {
  accelerations,
  blames,
  notForProduction,
  origin,
  outcomes,
  parts,
  standings,
  testbeds,
  weighs,
} from "./text/phrases.ts";
import { excerpt, oneLine, plain } from "./text/plain.ts";

const colours: Readonly<Record<Standing | Outcome, Style>> = {
  supported: "green",
  provisional: "yellow",
  unsupported: "red",
  inconclusive: "magenta",
  "not-applicable": "gray",
  pass: "green",
  fail: "red",
  error: "magenta",
  skip: "gray",
};

/** Lines of evidence with one reason. */
const detailLines = 8;

function detail(text: string): string[] {
  const lines = plain(excerpt(text, 4000))
    .split("\n")
    .filter(line => line.trim() !== "");
  const shown = lines.length > detailLines ? lines.slice(-detailLines) : lines;
  const left = lines.length - shown.length;
  return [...(left > 0 ? [`… ${left} lines above these`] : []), ...shown.map(line => oneLine(line, 200))];
}

/** Checks that did not pass for one and the same reason: a mirror that is down keeps all of them from being observed. */
function together(checks: readonly CheckVerdict[]): CheckVerdict[][] {
  const groups = new Map<string, CheckVerdict[]>();
  for (const check of checks) {
    const { outcome, gating, knownIssue, reason } = check;
    const key = JSON.stringify([outcome, gating, knownIssue, reason?.code, reason?.message, reason?.detail]);
    groups.set(key, [...(groups.get(key) ?? []), check]);
  }
  return [...groups.values()];
}

/** Names of checks that are told together. */
const namedMost = 4;

function heading(checks: readonly CheckVerdict[]): string {
  const [first, ...others] = checks;
  if (others.length === 0) return `${first?.id}  ${oneLine(first?.title ?? "")}`;
  const names = checks.slice(0, namedMost).map(({ id }) => id);
  const left = checks.length - names.length;
  return `${checks.length} checks: ${names.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

function trouble(checks: readonly CheckVerdict[], paint: Paint): string[] {
  const [check] = checks;
  if (!check) return [];
  const { outcome, reason, knownIssue, gating } = check;
  const aside = [
    ...(gating ? [] : ["does not decide the standing"]),
    ...(knownIssue && outcome === "fail" ? [`known issue ${oneLine(knownIssue)}`] : []),
  ];
  const lines = [`  ${paint(colours[outcome], `${outcome === "fail" ? "✗" : "?"} ${heading(checks)}`)}`];
  if (reason) {
    lines.push(`    ${paint("bold", oneLine(reason.message))}`);
    lines.push(`    blames ${blames[reason.blames]}; what to do: kata-verify explain ${reason.code}`);
  }
  if (aside.length > 0) lines.push(`    ${aside.join("; ")}`);
  return [...lines, ...detail(reason?.detail ?? "").map(line => `    ${paint("gray", `│ ${line}`)}`)];
}

function components(cell: CellVerdict): string[] {
  const rows = Part.options.flatMap(part => {
    const found = cell.components[part];
    return found ? [[parts[part], oneLine(`${found.name} ${found.version ?? ""}`), oneLine(origin(found))]] : [];
  });
  return aligned(rows).map(line => `  ${line}`);
}

function cellLines(target: string, cell: CellVerdict, paint: Paint): string[] {
  const where = cell.testbed ? `on ${testbeds[cell.testbed]}` : "on no testbed";
  const speed = cell.acceleration ? accelerations[cell.acceleration] : "no acceleration was seen";
  const tiers = tierCounts(cell).map(one => [one.tier, outcomes[one.outcome], one.counts]);
  const sections = [
    [
      paint("bold", `${oneLine(target)}  ${oneLine(cell.scenario)}  ${cell.arch}`),
      `  ${paint(colours[cell.standing], `${cell.standing}: ${standings[cell.standing]}`)}`,
      `  ${oneLine(cell.because)}`,
      `  ran ${where}; ${speed}`,
      ...(cell.productionReady ? [] : [`  ${notForProduction}`]),
    ],
    aligned(tiers).map(line => `  ${line}`),
    ...together(troubles(cell, weighs)).map(checks => trouble(checks, paint)),
    components(cell),
    cell.notes.map(note => `  note: ${oneLine(note)}`),
  ];
  return sections.filter(lines => lines.length > 0).map(lines => `${lines.join("\n")}\n`);
}

/**
 * What a person reads at the end of a run: each cell's standing, its tiers, what did not pass with whom it blames and what to do, the parts
 * under test, where the files are. `files` are folders to name at the end.
 */
export function terminal(verdicts: readonly Verdict[], paint: Paint, files: readonly string[] = []): string {
  const cells = verdicts.flatMap(({ target, cells: own }) => own.flatMap(cell => cellLines(target, cell, paint)));
  const where = files.map(file => `${oneLine(file)}\n`).join("");
  return inert(`${cells.join("\n")}${where === "" ? "" : `\n${where}`}`);
}
