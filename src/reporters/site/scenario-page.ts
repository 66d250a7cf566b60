import type { Scenario } from "../../model/scenario.ts";
import { type Html, html } from "../text/html.ts";
import { notForProduction } from "../text/phrases.ts";
import { page } from "./page.ts";
import { anchor, byLine, type Site, titleOf } from "./site.ts";
import { day, mark } from "./words.ts";

function composed({ vmm, guestKernel, kata, workloads, containers }: Scenario): Html {
  const kernel = guestKernel === "distro" ? "the distro’s" : `Kata’s own. ${notForProduction}`;
  return html`<dl class="facts"><dt>VMM</dt><dd>${vmm}, the distro’s</dd>
<dt>Guest kernel</dt><dd>${kernel}</dd>
<dt>Kata</dt><dd>${kata === "release" ? "its own release" : "the distro’s package of it"}</dd>
<dt>Exercised in a guest</dt><dd>${workloads.join(", ") || "nothing"}</dd>
<dt>Exercised by containers</dt><dd>${containers.join(", ")}</dd></dl>`;
}

/** The page of a scenario: what it puts together, and what each distro answers. */
export function scenarioPage(site: Site, id: string): string {
  const scenario = site.scenarios.find(one => one.id === id);
  const rows = site.folded
    .filter(({ square }) => square.scenario === id)
    .map(
      ({ square, target }) =>
        html`<tr><th scope="row"><a href="../targets/${square.target}.html#${anchor(square)}">${titleOf(square.target, target)}</a> <small>${square.arch}</small></th><td>${mark(square.answer)}</td><td>${square.because}</td><td>${square.evidence ? day(square.evidence.at) : "never"}</td></tr>
`,
    );
  const heads = html`<tr><th scope="col">Distro</th><th scope="col">Standing</th><th scope="col">Why</th><th scope="col">Seen</th></tr>`;
  const body = html`<h1>${scenario?.title ?? id}</h1>
<p class="muted"><code>${id}</code></p>
${scenario ? composed(scenario) : html`<p>The catalog no longer has this scenario.</p>`}
<h2>What each distro answers</h2>
<div class="scroll" role="group" aria-label="What each distro answers" tabindex="0"><table><thead>${heads}</thead><tbody>${rows}</tbody></table></div>`;
  const title = `${id}: Kata Containers on what distros ship`;
  return page({ title, up: "../", body, lively: false, at: site.matrix.at, by: byLine(site) }, site.assets);
}
