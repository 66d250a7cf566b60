import { plain } from "./plain.ts";

/**
 * The same text, but no line of it is a command to a CI service that reads the console: GitHub Actions takes lines that begin with `::`,
 * and `##[…]` anywhere in a line; Azure Pipelines and TeamCity take `##vso[…]` and `##teamcity[…]`.
 */
export function inert(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, "$1: ").replace(/##(?=\w*\[)/g, "# #");
}

/** Text of any origin for a console, in lines: it does nothing to a terminal and commands no CI service. */
export const harmless = (text: string): string => inert(plain(text));
