import { best } from "../../matrix/best.ts";
import type { Folded } from "../../matrix/fold.ts";
import { Column } from "../../model/matrix.ts";
import type { CellVerdict } from "../../model/verdict.ts";
import { type Html, html } from "../text/html.ts";
import { reproduce } from "../text/reproduce.ts";
import { checks } from "./checks.ts";
import { facts, partsTable } from "./facts.ts";
import { installCommand } from "./install.ts";
import { page } from "./page.ts";
import { anchor, byLine, type Site, scenarioIds, titleOf } from "./site.ts";
import { strip } from "./strip.ts";
import { columnTitles, mark } from "./words.ts";

/** A square, with the whole of the cell's verdict that it rests on. */
export interface Detailed {
  readonly folded: Folded;
  readonly cell: CellVerdict | undefined;
}

/** Below the site's folder: the cell's verdict that a square rests on. */
export const evidencePath = ({ target, arch, scenario }: Folded["square"]): string =>
  `evidence/${target}/${arch}/${scenario}.json`;

function columnsOf({ square: { columns } }: Folded): Html {
  const rows = Column.options.map(
    column => html`<tr><th scope="row">${columnTitles[column]}</th><td>${mark(columns[column].answer)}</td><td>${columns[column].because}</td></tr>
`,
  );
  return html`<h3>Part by part</h3><div class="scroll" role="group" aria-label="Part by part" tabindex="0"><table><thead><tr><th scope="col">Part</th><th scope="col">Standing</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function again({ square, target, scenario }: Folded, cell: CellVerdict | undefined): Html {
  const command = cell
    ? reproduce(square.target, cell)
    : `npm run verify -- ${square.target} --scenario ${square.scenario} --arch ${square.arch}`;
  const install =
    target && scenario
      ? html`<h3>What to install</h3><pre tabindex="0">${installCommand(target, scenario, square.arch)}</pre>`
      : html``;
  return html`${install}<h3>See it yourself</h3><pre tabindex="0">${command}</pre>`;
}

function section({ folded, cell }: Detailed): Html {
  const { square, runs, scenario } = folded;
  const { answer, because } = square;
  const head = html`<h2>${scenario?.title ?? square.scenario} <small><a href="../scenarios/${square.scenario}.html">${square.scenario}</a>, ${square.arch}</small></h2>
<p class="verdict">${mark(answer)} ${because}</p>`;
  if (answer === "not-applicable")
    return html`<section id="${anchor(square)}">${head}</section>
`;
  const evidence = square.evidence
    ? html`<p><a href="../${evidencePath(square)}">The evidence: the run’s verdict, with all that was seen</a></p>`
    : html``;
  const seen = square.evidence ? html`${columnsOf(folded)}${partsTable(folded)}` : html``;
  return html`<section id="${anchor(square)}">${head}
${facts(folded)}${seen}${cell ? checks(cell) : html``}${evidence}${strip(runs)}${again(folded, cell)}</section>
`;
}

function about({ folded: { target, square } }: Detailed): Html {
  if (!target) return html`<p class="muted">The catalog no longer has ${square.target}.</p>`;
  const { endOfLife, maintainers, packageManager } = target;
  const until = endOfLife ? `updates until ${endOfLife}` : "no end of life is known";
  const whom = maintainers.length > 0 ? `; asked are ${maintainers.join(", ")}` : "";
  return html`<p class="muted">${target.id}: ${packageManager}, ${until}${whom}. Badge: <a href="../badges/${target.id}.svg">SVG</a>, <a href="../badges/${target.id}.json">endpoint</a></p>`;
}

function inOrder(site: Site, squares: readonly Detailed[]): Detailed[] {
  const ids = new Map(scenarioIds(site).map((id, at) => [id, at]));
  const rank = ({ folded: { square } }: Detailed): number => ids.get(square.scenario) ?? ids.size;
  return [...squares].sort((a, b) => rank(a) - rank(b));
}

/** The page of one target: each of its squares with what it rests on. `squares` are in the order of the matrix. */
export function targetPage(site: Site, squares: readonly [Detailed, ...Detailed[]]): string {
  const [first] = squares;
  const { square } = first.folded;
  const target = squares.find(one => one.folded.target)?.folded.target;
  const top = best(squares.map(one => one.folded.square));
  const headline = top
    ? html`<p class="lead">${mark(top.answer)} at best: <a href="#${anchor(top)}">${top.scenario}</a>. ${top.because}</p>`
    : html`<p class="lead">${mark("unknown")}</p>`;
  const known = squares.find(one => one.folded.target) ?? first;
  const body = html`<h1>${titleOf(square.target, target)}</h1>
${about(known)}${headline}
${inOrder(site, squares).map(section)}`;
  const title = `${titleOf(square.target, target)}: Kata Containers on what it ships`;
  return page({ title, up: "../", body, lively: false, at: site.matrix.at, by: byLine(site) }, site.assets);
}
