import type { Outcome } from "../model/outcome.ts";
import type { CellVerdict, CheckVerdict, Standing, Verdict } from "../model/verdict.ts";
import { Part } from "../model/words.ts";
import { tierCounts, troubles } from "./text/counts.ts";
import { code, codeBlock, link, markdown, table } from "./text/markdown.ts";
import {
  accelerations,
  blames,
  notForProduction,
  outcomes,
  parts,
  standings,
  testbeds,
  weighs,
} from "./text/phrases.ts";
import { excerpt } from "./text/plain.ts";
import { reproduce } from "./text/reproduce.ts";

const marks: Readonly<Record<Standing | Outcome, string>> = {
  supported: "✅",
  provisional: "🟡",
  unsupported: "❌",
  inconclusive: "❔",
  "not-applicable": "➖",
  pass: "✅",
  fail: "❌",
  error: "❔",
  skip: "➖",
};

/** UTF-16 units of the evidence that is shown with one reason. */
const detailMax = 4000;

function trouble(check: CheckVerdict): string {
  const { id, title, outcome, reason, knownIssue } = check;
  const asides = [
    ...(check.gating ? [] : ["does not decide the standing"]),
    ...(knownIssue && outcome === "fail" ? [`known issue ${link(knownIssue, knownIssue)}`] : []),
  ];
  const aside = asides.length > 0 ? ` (${asides.join("; ")})` : "";
  const lines = [`#### ${marks[outcome]} ${code(id)} ${outcomes[outcome]}${aside}`, "", markdown(title), ""];
  if (!reason) return lines.join("\n");
  lines.push(`**${markdown(reason.message)}**`, "");
  lines.push(
    `${code(reason.code)} blames ${blames[reason.blames]}. More: ${code(`kata-verify explain ${reason.code}`)}`,
  );
  if (reason.detail.trim() !== "") lines.push("", codeBlock(excerpt(reason.detail, detailMax)));
  return lines.join("\n");
}

function components(cell: CellVerdict): string {
  const rows = Part.options.flatMap(part => {
    const found = cell.components[part];
    if (!found) return [];
    const { name, version, path, package: owner, built } = found;
    const owned = owner ? code(`${owner.name} ${owner.version}`) : "no package";
    const own = owner?.repository?.own === false ? " (not the distro's own)" : "";
    const packaged = owner?.repository ? `${markdown(owner.repository.name)}${own}` : "unknown";
    const from = built ? "built by the user" : owner?.candidate ? "candidate" : packaged;
    return [[parts[part], `${markdown(name)} ${markdown(version ?? "")}`.trim(), code(path), owned, from]];
  });
  return rows.length === 0 ? "" : table(["part", "version", "path", "package", "repository"], rows);
}

function checks(cell: CellVerdict): string {
  const rows = cell.checks.map(({ id, tier, title, outcome, proof, reason, gating }) => [
    tier,
    `${code(id)}<br>${markdown(title)}${gating ? "" : " (annotates)"}`,
    `${marks[outcome]} ${outcomes[outcome]}`,
    markdown(proof ?? reason?.message ?? "", 300),
  ]);
  if (rows.length === 0) return "";
  const heads = table(["tier", "check", "outcome", "what was seen"], rows);
  return `<details><summary>All ${rows.length} checks</summary>\n\n${heads}\n\n</details>`;
}

function ran(cell: CellVerdict): string {
  const testbed = cell.testbed ? `on ${testbeds[cell.testbed]}` : "on no testbed";
  return `Ran ${testbed}; acceleration: ${cell.acceleration ? accelerations[cell.acceleration] : "none was seen"}.`;
}

const headline = (cell: CellVerdict): string =>
  `## ${marks[cell.standing]} ${code(cell.scenario)} ${cell.arch}: ${cell.standing}`;

function cellText(target: string, cell: CellVerdict, full: boolean): string {
  const rows = tierCounts(cell).map(one => [one.tier, `${marks[one.outcome]} ${outcomes[one.outcome]}`, one.counts]);
  const means = `${cell.standing}: ${standings[cell.standing]}.${cell.productionReady ? "" : ` ${notForProduction}.`}`;
  const paragraphs = [headline(cell), `**${markdown(cell.because)}**`, `${means} ${ran(cell)}`];
  if (rows.length > 0) paragraphs.push(table(["tier", "outcome", "checks"], rows));
  if (full) {
    const found = troubles(cell, weighs);
    if (found.length > 0) paragraphs.push("### What did not pass", ...found.map(trouble));
    paragraphs.push(components(cell), checks(cell));
  }
  if (cell.notes.length > 0) paragraphs.push(cell.notes.map(note => `- ${markdown(note)}`).join("\n"));
  paragraphs.push(`Again: ${code(reproduce(target, cell))}`);
  return paragraphs.filter(one => one !== "").join("\n\n");
}

/** From all that is known of a cell to its headline alone. */
const details: readonly ((target: string, cell: CellVerdict) => string)[] = [
  (target, cell) => cellText(target, cell, true),
  (target, cell) => cellText(target, cell, false),
  (_, cell) => headline(cell),
];

/** As many of the texts as fit, and how many did not. */
function fitting(texts: Iterable<string>, max: number): { told: string[]; fits: boolean } {
  const told: string[] = [];
  const left = { bytes: max };
  for (const text of texts) {
    left.bytes -= new TextEncoder().encode(text).length + 2;
    if (left.bytes < 0) return { told, fits: false };
    told.push(text);
  }
  return { told, fits: true };
}

export interface SummaryLimit {
  /** Bytes of UTF-8. */
  readonly max: number;
  /** The file that has what is left out. */
  readonly whole: string;
}

/**
 * `summary.md`, for people: the standing of each cell in words, what did not pass and whom it blames, the parts under test, how to run it
 * again. Where that is too much, cells are told with less detail, then left out, and it says so.
 */
export function summaryMd(
  verdict: Verdict,
  { max, whole }: SummaryLimit = { max: 1_000_000, whole: "verdict.json" },
): string {
  const { target, tool, startedAt, finishedAt, cells } = verdict;
  const until = finishedAt ? `to ${finishedAt}` : "and did not end by itself";
  const by = `${tool.name} ${markdown(tool.version)} (${markdown(tool.commit)}), ${startedAt} ${until}`;
  for (const detail of details) {
    const lazily = (function* () {
      for (const cell of cells) yield detail(target, cell);
    })();
    const { told, fits } = fitting(lazily, max - 1000);
    if (!fits && detail !== details.at(-1)) continue;
    const short = detail === details[0] ? [] : [`Shortened to fit: all of it is in ${code(whole)}.`];
    const more = fits ? [] : [`${cells.length - told.length} more cells are in ${code(whole)}.`];
    return `${[`# ${markdown(target)}`, by, ...short, ...told, ...more].join("\n\n")}\n`;
  }
  return "";
}
