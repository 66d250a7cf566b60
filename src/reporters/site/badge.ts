import { best } from "../../matrix/best.ts";
import type { Answer, Square } from "../../model/matrix.ts";
import { html } from "../text/html.ts";
import { answerWord } from "./words.ts";

const colours: Readonly<Record<Answer, string>> = {
  yes: "#17713a",
  provisional: "#85590a",
  no: "#b3261e",
  stale: "#6b4fa0",
  unknown: "#586069",
  "not-applicable": "#586069",
};

const label = "Kata Containers";

/** What a badge says: the best answer for production, and of which scenario; never a yes without one. */
export function badgeMessage(squares: readonly Square[]): { readonly answer: Answer; readonly message: string } {
  const top = best(squares);
  if (top === undefined) return { answer: "unknown", message: answerWord("unknown") };
  return { answer: top.answer, message: top.answer === "unknown" ? "unknown" : `${top.answer}: ${top.scenario}` };
}

/** For the endpoint badge of shields.io. */
export function badgeJson(squares: readonly Square[]): string {
  const { answer, message } = badgeMessage(squares);
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: colours[answer].slice(1) }, null, 2)}\n`;
}

/** Of Verdana at 11 px, about; the text is then fitted to it. */
const widthOf = (text: string): number => Math.round(text.length * 6.7) + 14;

export function badgeSvg(squares: readonly Square[]): string {
  const { answer, message } = badgeMessage(squares);
  const [left, right] = [widthOf(label), widthOf(message)];
  const text = (at: number, width: number, said: string) =>
    html`<text x="${at + 7}" y="14" textLength="${width - 14}">${said}</text>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${message}"><title>${label}: ${message}</title><clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3a4147"/><rect x="${left}" width="${right}" height="20" fill="${colours[answer]}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(0, left, label)}${text(left, right, message)}</g></svg>
`.html;
}
