import { bestAnswer } from "../../matrix/best.ts";
import type { Folded } from "../../matrix/fold.ts";
import { Column } from "../../model/matrix.ts";
import { type Html, html } from "../text/html.ts";
import { anchor, distroOf, type Row, rows, type Site, scenarioIds, titleOf } from "./site.ts";
import { answerWord, columnTitles, day } from "./words.ts";

/** What is repeated in every square is kept short: there may be thousands of them on the first page. */
function squareCell(found: Folded | undefined): Html {
  if (found === undefined) return html`<td class="unknown">unknown</td>`;
  const { square } = found;
  const { answer, evidence, expires, target } = square;
  if (answer === "not-applicable") return html`<td class="${answer}">n/a</td>`;
  const holds = expires === null || answer === "stale" ? html`` : html` data-x="${expires}"`;
  const kata = evidence?.kata ? html` data-k="${evidence.kata}"` : html``;
  const link = html`<a href="targets/${target}.html#${anchor(square)}">${answer}</a>`;
  return html`<td class="${answer}"${kata}${holds}>${link}</td>`;
}

function columnCell(column: Column, { squares }: Row): Html {
  const applying = squares.filter(({ square }) => square.columns[column].answer !== "not-applicable");
  if (applying.length === 0) return html`<td class="part not-applicable">n/a</td>`;
  const answer = bestAnswer(applying.map(({ square }) => square.columns[column].answer));
  const until = applying
    .filter(({ square }) => square.columns[column].answer === answer)
    .flatMap(({ square }) => square.expires ?? [])
    .sort()
    .at(-1);
  const holds = until === undefined || answer === "stale" ? html`` : html` data-x="${until}"`;
  return html`<td class="part ${answer}"${holds}>${answerWord(answer)}</td>`;
}

const seenOf = ({ squares }: Row): string =>
  squares
    .map(({ square }) => day(square.evidence?.at ?? ""))
    .sort()
    .at(-1) ?? "";

function tableRow(row: Row, ids: readonly string[]): Html {
  const { id, arch, target, squares } = row;
  const byScenario = new Map(squares.map(one => [one.square.scenario, one]));
  const head = html`<th scope="row"><a href="targets/${id}.html">${titleOf(id, target)}</a> <small>${arch}</small></th>`;
  const cells = ids.map(scenario => squareCell(byScenario.get(scenario)));
  const parts = Column.options.map(column => columnCell(column, row));
  const seen = seenOf(row);
  return html`<tr id="${id}.${arch}" data-d="${distroOf(id, target)}">${head}${cells}${parts}<td class="seen">${seen || "never"}</td></tr>
`;
}

const sorter = (column: number, title: string): Html =>
  html`<button type="button" data-sort="${column}">${title}</button>`;

function heads({ scenarios }: Site, ids: readonly string[]): Html {
  const known = new Map(scenarios.map(one => [one.id, one]));
  const scenario = (id: string, at: number) => {
    const aside = known.get(id)?.guestKernel === "kata" ? html`<small>not for production</small>` : html``;
    return html`<th scope="col" data-vmm="${known.get(id)?.vmm ?? ""}">${sorter(at + 1, id)}${aside}</th>`;
  };
  const part = (column: Column, at: number) =>
    html`<th scope="col" class="part">${sorter(ids.length + 1 + at, columnTitles[column])}</th>`;
  return html`<tr><th scope="col" aria-sort="ascending">${sorter(0, "Distro")}</th>${ids.map(scenario)}${Column.options.map(part)}<th scope="col">${sorter(ids.length + 5, "Last seen")}</th></tr>`;
}

/** Every version of Kata that a square rests on, in order. */
export const kataVersions = ({ folded }: Site): string[] =>
  [...new Set(folded.flatMap(({ square }) => square.evidence?.kata ?? []))].sort();

/** The titles of the table's columns but the first. */
export const columnNames = (site: Pick<Site, "folded" | "scenarios">): string[] => [
  ...scenarioIds(site),
  ...Column.options.map(column => columnTitles[column]),
  "Last seen",
];

/** The same, for where they stand beside each value and no head is shown. */
export function columnLabels(site: Pick<Site, "folded" | "scenarios">): string[] {
  const upstream = new Set(site.scenarios.filter(one => one.guestKernel === "kata").map(one => one.id));
  return columnNames(site).map(name => (upstream.has(name) ? `${name}, not for production` : name));
}

/** The matrix itself: a row for each target and architecture, a column for each scenario and each part of a distro. */
export function matrixTable(site: Site): Html {
  const ids = scenarioIds(site);
  return html`<div class="scroll" role="region" aria-label="The support matrix" tabindex="0">
<table id="matrix"><caption class="unseen">What each distro was seen to support</caption>
<thead>${heads(site, ids)}</thead>
<tbody>
${rows(site.folded).map(row => tableRow(row, ids))}</tbody></table></div>`;
}
