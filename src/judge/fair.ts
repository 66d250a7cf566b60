import type { Check, Judgement } from "../model/check.ts";
import type { Seen } from "../model/command.ts";
import type { Evidence } from "../model/evidence.ts";
import { codes, type Reason, reason } from "../model/reason.ts";
import { cutShort } from "../requirements/cut-short.ts";

/** The steps that a check asks for on this evidence, and those that it needs. */
export function stepsRead(check: Check, evidence: Evidence): ReadonlySet<string> {
  const read = new Set(check.needs);
  const steps = new Proxy(evidence.steps, {
    get: (all, step, receiver) => {
      read.add(String(step));
      return Reflect.get(all, step, receiver);
    },
  });
  check.judge({ ...evidence, steps });
  return read;
}

/** What evidence keeps no more of than a beginning and an end, written by `seen`. A console of a guest is judged by what there is. */
const leftOut = /^\[… \d+ bytes left out …\]$/m;

function shortened({ tier }: Check, step: string, { stdout }: Seen): Reason | undefined {
  if (tier !== "contract" || !leftOut.test(stdout)) return undefined;
  return reason("harness.output-unreadable", `${step} said more than is kept of it`, leftOut.exec(stdout)?.[0]);
}

/** A shell goes on after a line that failed, and ends well: of a script of ours, what the machine lacked counts however it ended. */
function lacked(step: string, seen: Seen): Reason | undefined {
  const { argv, ending, stderr } = seen;
  if (argv[0] !== "sh" || stderr === "" || ending.kind !== "exited" || ending.code !== 0) return undefined;
  return cutShort(step, { ...seen, ending: { kind: "exited", code: 1 } });
}

/**
 * What a program did not come to say proves nothing: where one that the check goes by was cut short, all that is left of a failure, or
 * of an output that nobody understands, is that.
 */
export function fair(judgement: Judgement, check: Check, evidence: Evidence): Judgement {
  const { outcome } = judgement;
  if (outcome === "pass" || outcome === "skip") return judgement;
  if (outcome === "error" && codes[judgement.reason.code].blames !== "harness") return judgement;
  for (const step of stepsRead(check, evidence)) {
    const seen = evidence.steps[step];
    const why = seen && (cutShort(step, seen) ?? lacked(step, seen) ?? shortened(check, step, seen));
    if (why) return { outcome: "error", reason: why };
  }
  return judgement;
}
