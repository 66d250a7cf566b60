import { Verdict } from "../model/verdict.ts";
import { arrangedJson } from "./text/arranged.ts";

/** `verdict.json`: the same bytes for equal verdicts. */
export const verdictJson: (verdict: Verdict) => string = arrangedJson(Verdict);
