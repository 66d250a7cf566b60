import { plain } from "./plain.ts";

/** HTML that may stand in a page as it is: made by `html` and by nothing else. */
export interface Html {
  readonly html: string;
}

/** What can stand in a template. Text is escaped, whoever it is from; nothing is left out for undefined. */
export type Hole = string | number | Html | undefined | readonly Hole[];

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

const harmless = /^[\w .,;:/()+~=@?!*%|[\]{}#$^-]*$/;

/** Text as HTML shows it, also between the quotes of an attribute; without controls and marks that turn the reading direction. */
export const escaped = (text: string): string =>
  harmless.test(text) ? text : plain(text).replace(/[&<>"'`]/g, char => references[char] ?? char);

function filled(hole: Hole): string {
  if (hole === undefined) return "";
  if (typeof hole === "string") return escaped(hole);
  if (typeof hole === "number") return String(hole);
  if ("html" in hole) return hole.html;
  let all = "";
  for (const one of hole) all += filled(one);
  return all;
}

/** A template whose holes are escaped. An attribute's hole stands between quotes; none stands in a script, a style or a tag's name. */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let made = strings[0] ?? "";
  for (const [at, hole] of holes.entries()) made += filled(hole) + (strings[at + 1] ?? "");
  return { html: made };
}

/** A text of the project's own files, such as a style sheet, as it is. */
export const trusted = (text: string): Html => ({ html: text });

/** A link whose address is used only where it is plainly http or https; else the text alone. */
export function outward(text: string, address: string): Html {
  return /^https?:\/\/[^\s<>"'`\\]+$/.test(address)
    ? html`<a href="${address}" rel="noopener noreferrer nofollow">${text}</a>`
    : html`${text}`;
}
