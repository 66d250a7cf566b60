/**
 * The same text, but no line of it is a command to a CI service that reads the console: GitHub Actions takes lines that begin with `::`,
 * and `##[…]` anywhere in a line; Azure Pipelines and TeamCity take `##vso[…]` and `##teamcity[…]`.
 */
export function inert(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, "$1: ").replace(/##(?=\w*\[)/g, "# #");
}
