import type { TestCase } from "junit-report-builder";
import { excerpt, oneLine, plain } from "./plain.ts";

/** The one problem element of a test case. `body` is what GitLab shows and dorny measures: never empty. */
export interface Problem {
  readonly element: "failure" | "error" | "skipped";
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

/** Seconds, three decimals: the builder prints NaN and exponents as they are. */
export const seconds = (ms: number): number => (Number.isFinite(ms) && ms > 0 ? Math.round(ms) / 1000 : 0);

/**
 * Adds an element with text to a test case. junit-report-builder 5.1.2 has no text in `skipped()`, and what it writes as CDATA is not
 * well-formed from the second `]]>` on.
 */
function addElement(testCase: TestCase, name: string, attributes: Record<string, string>, text: string): void {
  const build = testCase.build.bind(testCase);
  testCase.build = parent => {
    const built = build(parent);
    built.ele(name, attributes).txt(text);
    return built;
  };
}

/** Gives a test case its problem, the body cut to `max` UTF-16 units. */
export function addProblem(testCase: TestCase, { element, type, message, body }: Problem, max: number): void {
  const line = oneLine(message) || type;
  const text = plain(excerpt(`${line}\n${body}`, max)).trim();
  const counter = { failure: "getFailureCount", error: "getErrorCount", skipped: "getSkippedCount" } as const;
  testCase[counter[element]] = () => 1;
  addElement(testCase, element, element === "skipped" ? { message: line } : { message: line, type }, text);
}

/** What a test case that passed says. */
export const addOutput = (testCase: TestCase, text: string): void =>
  addElement(testCase, "system-out", {}, oneLine(text));
