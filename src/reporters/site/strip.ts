import type { Run, Told } from "../../matrix/run.ts";
import { type Html, html } from "../text/html.ts";
import { accelerations, testbeds } from "../text/phrases.ts";
import { day, mark, plural, witnesses } from "./words.ts";

const told: readonly Told[] = ["yes", "provisional", "no", "unknown"];

/** Runs that have a line of their own below the strip, and those that have a bar in it: the newest. */
const listed = 25;
const drawn = 200;
const pitch = 7;

/** Up for what passed, half as high for what passed provisionally, down for what failed, a dot for what could not tell. */
const bars: Readonly<Record<Told, (x: number) => Html>> = {
  yes: x => html`<rect class="yes" x="${x}" y="2" width="5" height="18"/>`,
  provisional: x => html`<rect class="provisional" x="${x}" y="11" width="5" height="9"/>`,
  no: x => html`<rect class="no" x="${x}" y="22" width="5" height="14"/>`,
  unknown: x => html`<circle class="unknown" cx="${x + 2.5}" cy="21" r="1.8"/>`,
};

function picture(runs: readonly Run[]): Html {
  const width = Math.max(120, runs.length * pitch);
  const shapes = runs.map((run, at) => bars[run.told](at * pitch));
  return html`<svg viewBox="0 0 ${width} 38" width="${width}" height="38" aria-hidden="true"><path class="axis" d="M0 21H${width}"/>${shapes}</svg>`;
}

function line({ at, told: says, because, acceleration, testbed, witness, parts, kata }: Run): Html {
  const how = acceleration ? accelerations[acceleration] : testbed ? testbeds[testbed] : "";
  const what = [parts.vmm, parts.guestKernel].flatMap(part => (part ? [`${part.name} ${part.version ?? ""}`] : []));
  const stack = [...what, ...(kata ? [`Kata ${kata}`] : [])].join(", ");
  return html`<tr><td>${day(at)}</td><td>${mark(says)}</td><td>${because}</td><td>${stack}</td><td>${how}; ${witnesses[witness]}</td></tr>
`;
}

/** The history of a square as a strip of runs, from the oldest to the newest, in words before it and as a table to unfold. */
export function strip(runs: readonly Run[]): Html {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return html``;
  const words: Readonly<Record<Told, string>> = {
    ...{ yes: "passed", provisional: "passed provisionally", no: "failed", unknown: "could not tell" },
  };
  const counts = told
    .map(says => ({ says, count: runs.filter(run => run.told === says).length }))
    .filter(({ count }) => count > 0)
    .map(({ says, count }) => `${count} ${words[says]}`);
  const span = day(first.at) === day(last.at) ? `on ${day(last.at)}` : `from ${day(first.at)} to ${day(last.at)}`;
  const newest = runs.slice(-listed).reverse();
  const left = runs.length - newest.length;
  const heads = html`<tr><th scope="col">Day</th><th scope="col">Says</th><th scope="col">Why</th><th scope="col">With</th><th scope="col">How, and who</th></tr>`;
  const more = left > 0 ? html`<p class="muted">${plural(left, "older run")} not listed.</p>` : html``;
  return html`<h3>History</h3>
<figure><figcaption>${plural(runs.length, "run")} ${span}: ${counts.join(", ")}.</figcaption>${picture(runs.slice(-drawn))}</figure>
<details><summary>The runs, newest first</summary><div class="scroll" role="group" aria-label="Runs" tabindex="0"><table><thead>${heads}</thead><tbody>${newest.map(line)}</tbody></table></div>${more}</details>`;
}
