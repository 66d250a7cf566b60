import { type Check, type EvidencePart, error, type Judgement, skip } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import type { Evidence } from "../../model/evidence.ts";
import { isHostKernelDistros } from "../host-kernel.ts";

interface HostCheck {
  readonly id: string;
  readonly title: string;
  readonly gating: boolean;
  readonly step: string;
  readonly judge: (seen: Seen, evidence: Evidence) => Judgement;
  readonly pass: Seen;
  readonly fail: Seen;
}

/** Only a testbed that booted the distro's kernel can tell; in a container, where the contract tier runs, it is the runner's. */
export function hostCheck({ id, title, gating, step, judge, ...examples }: HostCheck): Check {
  const example = (seen: Seen): EvidencePart => ({ steps: { [step]: seen } });
  return {
    id: `contract.host.${id}`,
    tier: "contract",
    title,
    gating,
    // The plan decides whether it is observed at all: asked for in `judge`, for the skip to come first.
    needs: [],
    judge: evidence => {
      if (evidence.request.tier === "contract" || !isHostKernelDistros(evidence)) return skip("host.not-the-distros");
      const seen = evidence.steps[step];
      return seen ? judge(seen, evidence) : notObserved(evidence, step);
    },
    examples: { pass: example(examples.pass), fail: example(examples.fail) },
  };
}

function notObserved({ stopped, finishedAt }: Evidence, step: string): Judgement {
  const stop = stopped.find(({ tier, steps }) => tier !== "contract" && steps === undefined);
  if (stop) return { outcome: "error", reason: stop.reason };
  return error(finishedAt === null ? "infra.interrupted" : "harness.not-observed", undefined, `not observed: ${step}`);
}

export const unread = (seen: Seen): Judgement =>
  error("harness.output-unreadable", undefined, `${seen.stdout}${seen.stderr}`.slice(-2000));
