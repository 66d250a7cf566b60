import type { Answer, Column, Witness } from "../../model/matrix.ts";
import { type Html, html } from "../text/html.ts";

/** What an answer means, for the legend. */
export const meanings: Readonly<Record<Answer, string>> = {
  yes: "every check that counts passed, in every tier, under real KVM, with what the distro ships",
  provisional: "all that ran passed, but not all ran, or not on hardware, or not before our own eyes",
  no: "something that Kata needs is proven missing or broken",
  stale: "it was seen once, and that no longer answers: too old, or the packages are others since",
  unknown: "no evidence that could tell",
  "not-applicable": "there is nothing to test",
};

export const witnesses: Readonly<Record<Witness, string>> = {
  runners: "our runners",
  "re-judged": "somebody else; the evidence was judged again here",
  "self-reported": "somebody else, by their own word",
};

export const columnTitles: Readonly<Record<Column, string>> = {
  vmm: "Distro VMM",
  guestKernel: "Distro guest kernel",
  hostKernel: "Distro host kernel",
  kataPackage: "Distro’s own Kata",
};

export const answerWord = (answer: Answer): string => (answer === "not-applicable" ? "not applicable" : answer);

/** The answer in words beside its shape, which the style sheet draws. */
export const mark = (answer: Answer): Html => html`<span class="mark ${answer}">${answerWord(answer)}</span>`;

/** `2026-11-22`, of an instant. */
export const day = (at: string): string => at.slice(0, "2026-11-22".length);

export const plural = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
