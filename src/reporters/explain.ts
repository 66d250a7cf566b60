import { type Code, codes } from "../model/reason.ts";
import { blames } from "./text/phrases.ts";

/** Whom a code blames and what that does to a verdict, in one sentence. */
export function blame(code: Code): string {
  const { blames: who, counts } = codes[code];
  const weight = counts ? "counts against the distro" : "does not count against the distro";
  return `Blames ${blames[who]}; ${weight}.`;
}

/** The first paragraphs of a code's page, which its row in the table decides. */
export const pageHead = (code: Code): string => `# ${code}\n\n${codes[code].title}. ${blame(code)}\n`;

/** Markdown of our own pages as text for a terminal: emphasis and code marks are left out. */
const unmarked = (page: string): string => page.replace(/\*\*|`/g, "").replace(/^#+ /gm, "");

/** What `kata-verify explain CODE` prints. `page` is the text of docs/codes/CODE.md. */
export function explain(code: Code, page: string): string {
  const rest = page.startsWith(pageHead(code)) ? page.slice(pageHead(code).length) : page;
  return `${unmarked(pageHead(code))}\n${unmarked(rest).trim()}\n`;
}
