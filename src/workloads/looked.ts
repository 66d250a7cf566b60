import { error, type Judgement } from "../model/check.ts";
import { unfinished } from "../requirements/cut-short.ts";
import { lines, type Told } from "./marks.ts";

/**
 * Why a script on the testbed, which prints each key with a value wherever it comes that far, tells nothing of the guest;
 * undefined where it does.
 */
export function unseen(told: Told, step: string, keys: readonly string[]): Judgement | undefined {
  const seen = told.steps[step];
  if (seen === undefined) return error("harness.not-observed", undefined, `not observed: ${step}`);
  const found = lines(told, step);
  const missing = keys.filter(key => !found.get(key));
  if (missing.length === 0) return undefined;
  const why = unfinished(step, seen);
  if (why) return { outcome: "error", reason: why };
  const detail = `${seen.stdout}${seen.stderr}`.slice(-2000);
  return error("harness.output-unreadable", `${step} says nothing of ${missing.join(", ")}`, detail);
}
