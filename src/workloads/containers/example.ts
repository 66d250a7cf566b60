import type { Lane } from "../../kata/lane.ts";
import type { EvidencePart } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { exampleNonce, printed } from "../example.ts";

export const exampleKernel = "6.12.1";

/** What a program said that ended with this code. */
export const ended = (code: number, stdout: string, stderr = ""): Seen => ({
  ...printed(stdout),
  stderr,
  ending: { kind: "exited", code },
});

/** Evidence of both lanes, of a sandbox that came up; `said` gives the steps of one, named without it. For the examples of checks. */
export function lanes(said: (lane: Lane["name"]) => Readonly<Record<string, Seen>>): EvidencePart {
  const steps = (["control", "kata"] as const).flatMap(lane =>
    Object.entries(said(lane)).map(([name, seen]) => [`${lane}.${name}`, seen] as const),
  );
  return {
    facts: { kataNonce: exampleNonce, acceleration: "kvm", paths: { kernelRelease: exampleKernel } },
    steps: { "kata.sandbox": printed(""), ...Object.fromEntries(steps) },
  };
}

/** The same, where Kata did not do as runc did. */
export const kataInstead = (part: EvidencePart, steps: Readonly<Record<string, Seen>>): EvidencePart => ({
  ...part,
  steps: {
    ...part.steps,
    ...Object.fromEntries(Object.entries(steps).map(([name, seen]) => [`kata.${name}`, seen])),
  },
});
