import { lostCode } from "../../kata/ctr.ts";
import type { Lane } from "../../kata/lane.ts";
import { kataTrouble } from "../../kata/trouble.ts";
import { because, type Check, type EvidencePart, error, type Judgement } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import type { Evidence } from "../../model/evidence.ts";
import { type Code, reason } from "../../model/reason.ts";
import { type ContainerWorkloadId, gatingContainers } from "../../model/words.ts";
import type { Told } from "../marks.ts";
import { emulated } from "../trouble.ts";

type LaneName = Lane["name"];

interface ContainerCheck {
  readonly id: ContainerWorkloadId;
  readonly title: string;
  /** The code where the sandbox is well and the proof is not there. */
  readonly code: Code;
  /** A judgement, or the clause that says what is not there. Under runc only a `pass` will do. */
  readonly prove: (lane: LaneName, evidence: Evidence) => Judgement | string;
  readonly examples: { readonly pass: EvidencePart; readonly fail: EvidencePart };
}

/** The workload's steps in a lane, by the order in which they ran. Reads no other: a check goes by what it reads. */
function stepsOf({ steps }: Told, lane: LaneName, id: string): readonly (readonly [string, Seen])[] {
  const own = Object.keys(steps).filter(step => step === `${lane}.${id}` || step.startsWith(`${lane}.${id}-`));
  return own.flatMap(step => {
    const seen = steps[step];
    return seen === undefined ? [] : [[step, seen] as const];
  });
}

const ended = ({ ending }: Seen) =>
  ending.kind === "exited"
    ? `exited ${ending.code}`
    : ending.kind === "signalled"
      ? `signalled ${ending.signal}`
      : ending.kind === "timedOut"
        ? `not ended after ${ending.afterMs} ms`
        : `not started: ${ending.code}`;

const tail = (text: string) => text.trimEnd().split("\n").slice(-8).join("\n");

const shown = (told: Told, lane: LaneName, id: string) =>
  stepsOf(told, lane, id)
    .map(([step, seen]) => [`${step} ${ended(seen)}`, tail(seen.stdout), tail(seen.stderr)].filter(Boolean).join("\n"))
    .join("\n");

const message = (proof: Judgement | string) =>
  typeof proof === "string" ? proof : proof.outcome === "pass" ? proof.proof : proof.reason.message;

/** A step that runc was asked for and Kata was not yet, when the run ended. */
const unobserved = (evidence: Evidence, id: ContainerWorkloadId): string | undefined =>
  stepsOf(evidence, "control", id)
    .map(([step]) => step.replace(/^control/, "kata"))
    .find(step => evidence.steps[step] === undefined);

/** Why there is no proof under Kata. `own` is the workload's own failure: it holds where the sandbox as a whole is well. */
function absence(evidence: Evidence, id: ContainerWorkloadId, own: Judgement): Judgement {
  const trouble = kataTrouble(evidence);
  const reached = stepsOf(evidence, "kata", id).length > 0;
  const sandbox = evidence.steps["kata.sandbox"]?.ending;
  const up = sandbox?.kind === "exited" && sandbox.code === 0;
  // The first one answers for a sandbox that never was; what is left of one is looked for all the same.
  if (trouble && ((up && reached) || id === "own-kernel"))
    return because(trouble.code, trouble.message, trouble.detail);
  if (trouble) return error(trouble.code, `The sandbox did not get that far. ${trouble.message}`, trouble.detail);
  if (!reached) return error("harness.not-observed", `kata.${id}`);
  if (sandbox === undefined) return error("harness.not-observed", "not observed: kata.sandbox");
  const unseen = unobserved(evidence, id);
  if (unseen !== undefined) return error("harness.not-observed", unseen);
  const lost = stepsOf(evidence, "kata", id).find(([, seen]) => lostCode(seen));
  if (lost)
    return error(
      "harness.output-unreadable",
      `${lost[0]}: the client lost the exit code of the container's program`,
      shown(evidence, "kata", id),
    );
  const slow = stepsOf(evidence, "kata", id).find(([, { ending }]) => ending.kind === "timedOut");
  if (slow && emulated(evidence))
    return error("infra.slow", `${slow[0]} did not end in time, under emulation`, shown(evidence, "kata", id));
  return own;
}

/** The check of a container workload: the control first, then its own proof, then what befell the sandbox as a whole. */
export function containerCheck({ id, title, code, prove, examples }: ContainerCheck): Check {
  return {
    id: `kata.${id}`,
    tier: "kata",
    title,
    gating: gatingContainers.includes(id),
    needs: [`control.${id}`],
    judge: evidence => {
      const control = prove("control", evidence);
      if (typeof control === "string" || control.outcome !== "pass")
        return error("control.failed", `Under runc: ${message(control)}`, shown(evidence, "control", id));
      const proof = prove("kata", evidence);
      if (typeof proof !== "string") return proof;
      const { message: said, detail } = reason(code, proof, shown(evidence, "kata", id));
      return absence(evidence, id, because(code, said, detail));
    },
    examples,
  };
}
