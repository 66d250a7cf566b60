import { Answer } from "../../model/matrix.ts";
import { type Html, html } from "../text/html.ts";
import { columnNames, kataVersions } from "./matrix-table.ts";
import { distroOf, type Site } from "./site.ts";
import { answerWord } from "./words.ts";

function choice(name: string, label: string, values: readonly (readonly [string, string])[]): Html {
  const options = values.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<label>${label} <select name="${name}"><option value="">all</option>${options}</select></label>
`;
}

const same = (text: string): [string, string] => [text, text];

/** What narrows the matrix down; the script shows it, as without one it would do nothing. */
export function filters(site: Site): Html {
  const { folded, scenarios } = site;
  const distros = [...new Set(folded.map(({ square, target }) => distroOf(square.target, target)))].sort();
  const vmms = [...new Set(scenarios.map(one => one.vmm))].sort();
  const katas = kataVersions(site);
  const order = ["Distro", ...columnNames(site)].map((name, at): [string, string] => [String(at), name]);
  return html`<form id="filters" hidden>
<label>Find <input type="search" name="q" autocomplete="off" placeholder="debian"></label>
${choice("distro", "Distro", distros.map(same))}${choice("vmm", "VMM", vmms.map(same))}${choice("kata", "Kata", katas.map(same))}${choice(
  "answer",
  "Standing",
  Answer.options.map(answer => [answer, answerWord(answer)] as const),
)}<label>Sort by <select name="sort">${order.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select></label>
<button type="reset">Show all</button>
<output id="count" aria-live="polite"></output>
</form>`;
}
