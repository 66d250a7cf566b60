import { type Code, codes } from "../model/reason.ts";
import { blames } from "./text/phrases.ts";

/** Whom a code blames, and whether that counts, in one sentence. */
export function blame(code: Code): string {
  const { blames: who, counts } = codes[code];
  if (who !== "distro") return `Blames ${blames[who]}.`;
  return counts ? "Blames the distro, and counts against it." : "Blames the distro, but does not count against it.";
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
