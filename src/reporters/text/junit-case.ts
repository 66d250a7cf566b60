import { excerpt, oneLine, plain } from "./plain.ts";
import type { Element } from "./xml.ts";

/** The one problem element of a test case. `body` is what GitLab shows and dorny measures: never empty. */
export interface Problem {
  readonly element: "failure" | "error" | "skipped";
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

/** Seconds, three decimals, without exponents. */
export const seconds = (ms: number): number => (Number.isFinite(ms) && ms > 0 ? Math.round(ms) / 1000 : 0);

/** What is wrong with a test case, the body cut to `max` UTF-16 units. */
export function problemElement({ element, type, message, body }: Problem, max: number): Element {
  const line = oneLine(message) || type;
  const content = plain(excerpt(`${line}\n${body}`, max)).trim();
  return { name: element, attributes: element === "skipped" ? { message: line } : { message: line, type }, content };
}

/** What a test case that passed says. */
export const outputElement = (text: string): Element => ({ name: "system-out", content: oneLine(text) });

/** How many of the test cases have which problem, as attributes of what they are in. */
export function tally(
  cases: readonly Element[],
): Readonly<Record<"tests" | "failures" | "errors" | "skipped", number>> {
  const having = (name: Problem["element"]) =>
    cases.filter(({ content }) => typeof content === "object" && content[0]?.name === name).length;
  return { tests: cases.length, failures: having("failure"), errors: having("error"), skipped: having("skipped") };
}
