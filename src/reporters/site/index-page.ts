import { html } from "../text/html.ts";
import { bootPlots } from "./boot-plot.ts";
import { filters } from "./filters.ts";
import { legend } from "./legend.ts";
import { matrixTable } from "./matrix-table.ts";
import { page } from "./page.ts";
import { byLine, rows, type Site, scenarioIds } from "./site.ts";
import { standingPlots } from "./standing-plot.ts";
import { plural } from "./words.ts";

/** On a narrow screen each value stands in a line of its own, beside the title of its column. Such titles are names, or ours. */
export const narrowLabels = (names: readonly string[]): string =>
  names.map((name, at) => `#matrix td:nth-child(${at + 2}){--label:"${name.replace(/[^\w .,’-]/g, "")}"}`).join("\n");

const introduction = `Can the VMM and the kernel that a distro ships run Kata Containers? Each square is one distro release with one
scenario, and rests on a recorded run: open it for what was seen, and for how to see it yourself.`;

/** The first page: the matrix, what narrows it down, and what its words mean. */
export function indexPage(site: Site): string {
  const { folded, scenarios, matrix } = site;
  const titles = new Map(scenarios.map(one => [one.id, one.title]));
  const body = html`<h1>Kata Containers on what distros ship</h1>
<p class="lead">${introduction}</p>
<p class="muted">${plural(rows(folded).length, "distro release")}, ${plural(scenarioIds(site).length, "scenario")}; an answer
holds for ${matrix.maxAgeDays} days, and not beyond the release’s end of life.</p>
${legend(site)}
<h2>The matrix</h2>
${filters(site)}
${matrixTable(site)}
${standingPlots(site)}
${bootPlots(site)}
<h2>Scenarios</h2>
<ul class="plain">${scenarioIds(site).map(
    id => html`<li><a href="scenarios/${id}.html">${id}</a> ${titles.get(id)}</li>
`,
  )}</ul>
`;
  const { assets } = site;
  const about = { title: "Kata Containers on what distros ship", up: "", at: matrix.at, by: byLine(site) } as const;
  return page({ ...about, body, lively: true }, assets);
}
