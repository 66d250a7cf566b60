import type { Check } from "../model/check.ts";
import type { Evidence } from "../model/evidence.ts";
import { type Reason, reason } from "../model/reason.ts";

/** Why a step that a check needs was not observed. */
export function blocker(evidence: Evidence, check: Check, missing: readonly string[]): Reason {
  const stop = evidence.stopped.find(
    ({ tier, steps }) =>
      (tier === undefined || tier === check.tier) &&
      (steps === undefined || missing.some(step => step.startsWith(steps))),
  );
  if (stop) return stop.reason;
  const steps = missing.join(", ");
  if (evidence.finishedAt === null)
    return reason("infra.interrupted", "The run ended before this was observed", `not observed: ${steps}`);
  return reason("harness.not-observed", undefined, `not observed: ${steps}`);
}
