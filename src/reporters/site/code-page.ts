import { type Code, codes } from "../../model/reason.ts";
import { blame, pageHead } from "../explain.ts";
import { type Html, html } from "../text/html.ts";
import { page } from "./page.ts";
import { anchor, byLine, type Site, titleOf } from "./site.ts";
import { mark } from "./words.ts";

/** Paragraphs with `code` and **bold**: what the pages of our codes are made of. */
export function prose(markdown: string): Html[] {
  const inline = (text: string): Html[] =>
    text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map(piece => {
      if (piece.startsWith("`") && piece.length > 1) return html`<code>${piece.slice(1, -1)}</code>`;
      return piece.startsWith("**") ? html`<b>${piece.slice(2, -2)}</b>` : html`${piece}`;
    });
  return markdown
    .trim()
    .split(/\n{2,}/)
    .map(
      paragraph => html`<p>${inline(paragraph)}</p>
`,
    );
}

/** The squares whose answer is no, or no longer known, for this reason. */
function affected({ folded }: Site, code: Code): Html {
  const found = folded.filter(({ runs }) => runs.at(-1)?.code === code);
  if (found.length === 0) return html`<p class="muted">No square’s last run has met it.</p>`;
  return html`<ul class="plain">${found.map(
    ({ square, target }) =>
      html`<li>${mark(square.answer)} <a href="../targets/${square.target}.html#${anchor(square)}">${titleOf(square.target, target)}, ${square.scenario}</a></li>
`,
  )}</ul>`;
}

/** The page of a reason code. `text` is docs/codes/CODE.md. */
export function codePage(site: Site, code: Code, text: string): string {
  const rest = text.startsWith(pageHead(code)) ? text.slice(pageHead(code).length) : text;
  const body = html`<h1><code>${code}</code></h1>
<p class="lead">${codes[code].title}. ${blame(code)}</p>
${prose(rest)}
<h2>Where it was met last</h2>
${affected(site, code)}`;
  return page({ title: code, up: "../", body, lively: false, at: site.matrix.at, by: byLine(site) }, site.assets);
}
