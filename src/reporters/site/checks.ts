import type { Answer } from "../../model/matrix.ts";
import type { Outcome } from "../../model/outcome.ts";
import { codes } from "../../model/reason.ts";
import type { CellVerdict, CheckVerdict } from "../../model/verdict.ts";
import { troubles } from "../text/counts.ts";
import { type Html, html, outward } from "../text/html.ts";
import { blames, outcomes, weighs } from "../text/phrases.ts";
import { excerpt } from "../text/plain.ts";

/** UTF-16 units of what is shown of the evidence for one reason; the verdict beside the page has all of it. */
const detailMax = 1500;

const shapes: Readonly<Record<Outcome, Answer>> = { pass: "yes", fail: "no", error: "unknown", skip: "not-applicable" };

const outcomeMark = (outcome: Outcome): Html => html`<span class="mark ${shapes[outcome]}">${outcomes[outcome]}</span>`;

const isCode = (code: string): boolean => Object.hasOwn(codes, code);

const codeLink = (code: string): Html =>
  isCode(code) ? html`<a href="../codes/${code}.html"><code>${code}</code></a>` : html`<code>${code}</code>`;

function trouble(check: CheckVerdict): Html {
  const { id, title, outcome, reason, knownIssue, gating } = check;
  const aside = gating ? html`` : html` <small>does not decide</small>`;
  const known = knownIssue ? html`<p>Known: ${outward(knownIssue, knownIssue)}</p>` : html``;
  const detail = reason?.detail.trim()
    ? html`<pre tabindex="0">${excerpt(reason.detail.trim(), detailMax)}</pre>`
    : html``;
  const why = reason
    ? html`<p><b>${reason.message}</b></p><p class="muted">${codeLink(reason.code)}, blames ${blames[reason.blames]}</p>${detail}`
    : html``;
  return html`<div class="trouble ${shapes[outcome]}"><p>${outcomeMark(outcome)} ${title} <small><code>${id}</code></small>${aside}</p>${why}${known}</div>
`;
}

function checkRow({ id, tier, title, gating, outcome, proof, reason }: CheckVerdict): Html {
  const aside = gating ? html`` : html` <small>annotates</small>`;
  const why = reason ? html`${reason.message} ${codeLink(reason.code)}` : html`${excerpt(proof ?? "", 300)}`;
  return html`<tr><td>${tier}</td><td>${title}${aside}<br><small><code>${id}</code></small></td><td>${outcomeMark(outcome)}</td><td>${why}</td></tr>
`;
}

/** What did not pass and decides, in full; all else to unfold. */
export function checks(cell: CellVerdict): Html {
  const found = troubles(cell, weighs);
  const weighty = found.filter(weighs);
  const first = weighty.some(one => one.outcome === "fail") ? weighty.filter(one => one.outcome === "fail") : weighty;
  const untold = weighty.filter(one => !first.includes(one));
  const light = found.filter(check => !weighs(check));
  const heads = html`<tr><th scope="col">Tier</th><th scope="col">Check</th><th scope="col">Outcome</th><th scope="col">What was seen</th></tr>`;
  return html`${first.length > 0 ? html`<h3>What did not pass</h3>${first.map(trouble)}` : html``}
${untold.length > 0 ? html`<details><summary>${untold.length} more could not be told</summary>${untold.map(trouble)}</details>` : html``}
${light.length > 0 ? html`<details><summary>${light.length} more that do not decide</summary>${light.map(trouble)}</details>` : html``}
<details><summary>All ${cell.checks.length} checks</summary><div class="scroll" role="group" aria-label="All checks" tabindex="0"><table><thead>${heads}</thead><tbody>${cell.checks.map(checkRow)}</tbody></table></div></details>`;
}
