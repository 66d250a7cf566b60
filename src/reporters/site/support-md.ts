import { Answer, type Square } from "../../model/matrix.ts";
import { code, link, markdown, table } from "../text/markdown.ts";
import { notForProduction } from "../text/phrases.ts";
import { rows, type Site, scenarioIds, titleOf } from "./site.ts";
import { answerWord, day, meanings } from "./words.ts";

const signs: Readonly<Record<Answer, string>> = {
  yes: "✅",
  provisional: "🟡",
  no: "❌",
  stale: "⌛",
  unknown: "❔",
  "not-applicable": "➖",
};

const said = (answer: Answer): string => `${signs[answer]} ${answerWord(answer)}`;

function squareText(square: Square | undefined): string {
  if (square === undefined) return said("unknown");
  const at = square.evidence ? `, ${day(square.evidence.at)}` : "";
  const challenge = square.challenge ? ` (${link("bug", square.challenge.url)})` : "";
  const doubt = square.doubt ? " (doubted)" : "";
  return `${said(square.answer)}${at}${challenge}${doubt}`;
}

/** `SUPPORT.md`: the matrix for where Markdown is read, with what its words mean. */
export function supportMd(site: Site): string {
  const ids = scenarioIds(site);
  const kata = new Set(site.scenarios.filter(one => one.guestKernel === "kata").map(one => one.id));
  const heads = ["Distro", ...ids.map(id => `${code(id)}${kata.has(id) ? " ¹" : ""}`)];
  const lines = rows(site.folded).map(({ id, arch, target, squares }) => [
    `${markdown(titleOf(id, target))}, ${arch}`,
    ...ids.map(scenario => squareText(squares.find(one => one.square.scenario === scenario)?.square)),
  ]);
  const legend = Answer.options.map(answer => `- ${said(answer)}: ${meanings[answer]}`).join("\n");
  const note = kata.size > 0 ? `\n\n¹ ${notForProduction}.` : "";
  return `# What distros were seen to support

As of ${day(site.matrix.at)}. An answer holds for ${site.matrix.maxAgeDays} days, and not beyond the release's end of life.

${table(heads, lines)}${note}

${legend}
`;
}
