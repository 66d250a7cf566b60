import { Verdict } from "../model/verdict.ts";
import { arrangedJson } from "./text/arranged.ts";

/** `verdict.json`: the same bytes for equal verdicts. */
export const verdictJson: (verdict: Verdict) => string = arrangedJson(Verdict);

/** One verdict as it is, any other number of them as an array: one document in either case. */
export const verdictsJson = (verdicts: readonly Verdict[]): string => {
  const [first, ...rest] = verdicts.map(verdictJson);
  return first !== undefined && rest.length === 0 ? first : `[${verdicts.map(verdictJson).join(",\n")}]\n`;
};
