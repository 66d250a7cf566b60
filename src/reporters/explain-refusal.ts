import { type RefusalCode, refusals } from "../model/refusal.ts";

/** The section of a code on the page of all of them, docs/refusals.md. */
export function sectionOf(code: RefusalCode, page: string): string {
  const section = page.split(/^## /m).find(one => one.startsWith(`${code}\n`)) ?? "";
  return section.slice(code.length).trim();
}

/** What `kata-verify explain CODE` prints of a refused bundle. */
export const explainedRefusal = (code: RefusalCode, page: string): string =>
  `${code}\n\n${sectionOf(code, page).replaceAll("`", "")}\n`;

/** The same for programs. */
export const refusalJson = (code: RefusalCode, page: string): string =>
  `${JSON.stringify({ code, ...refusals[code], page: sectionOf(code, page) }, null, 2)}\n`;
