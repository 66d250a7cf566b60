import { Answer } from "../../model/matrix.ts";
import { type Html, html } from "../text/html.ts";
import type { Site } from "./site.ts";
import { mark, meanings } from "./words.ts";

/** What each answer means, and how often it is given. */
export function legend({ matrix: { squares } }: Site): Html {
  const count = (answer: Answer): number => squares.filter(one => one.answer === answer).length;
  return html`<dl class="legend">
${Answer.options.map(
  answer => html`<div><dt>${mark(answer)} <b>${count(answer)}</b></dt><dd>${meanings[answer]}</dd></div>
`,
)}</dl>`;
}
