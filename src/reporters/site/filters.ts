import { Answer } from "../../model/matrix.ts";
import { type Html, html } from "../text/html.ts";
import { columnNames, kataVersions } from "./matrix-table.ts";
import { distroOf, type Site } from "./site.ts";
import { answerWord } from "./words.ts";

function choice(name: string, label: string, values: readonly (readonly [string, string])[]): Html {
  const options = values.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<span><label for="by-${name}">${label}</label> <select id="by-${name}" name="${name}"><option value="">all</option>${options}</select></span>
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
<span><label for="by-q">Find</label> <input id="by-q" type="search" name="q" autocomplete="off" placeholder="debian"></span>
${choice("distro", "Distro", distros.map(same))}${choice("vmm", "VMM", vmms.map(same))}${choice("kata", "Kata", katas.map(same))}${choice(
  "answer",
  "Standing",
  Answer.options.map(answer => [answer, answerWord(answer)] as const),
)}<span><label for="by-sort">Sort by</label> <select id="by-sort" name="sort">${order.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select></span>
<button type="reset">Show all</button>
<output id="count" aria-live="polite"></output>
</form>`;
}
