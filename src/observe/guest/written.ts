import type { Ending, Observation } from "../../model/command.ts";
import { type Emit, seen } from "../seen.ts";
import type { Left } from "./collect.ts";
import type { Followed } from "./follow.ts";

const nothing = new Uint8Array();

/** Writes down what a boot left, under the steps that the checks of the guest tier read. */
export function writeDown(emit: Emit, argv: readonly string[], followed: Followed, left: Left): void {
  const { durationMs } = followed.observation;
  const over: Ending = { kind: "timedOut", afterMs: Math.round(durationMs) };
  const observed = (step: string, observation: Observation) =>
    emit({ kind: "observed", step, seen: seen(observation) });
  const recorded = { argv: ["standin", "record"], ending: { kind: "exited", code: 0 }, stderr: nothing } as const;
  observed("guest.wait", followed.observation);
  if (left.virtiofsd.ending !== undefined)
    observed("guest.virtiofsd-end", {
      argv: ["standin", "spawn"],
      ending: left.virtiofsd.outlived ? over : left.virtiofsd.ending,
      stdout: nothing,
      stderr: left.virtiofsd.stderr,
      durationMs,
    });
  observed("guest.console", { ...recorded, stdout: left.console, durationMs });
  observed("guest.marks", { ...recorded, stdout: left.marks, durationMs });
  observed("guest.vmm", {
    argv,
    ending: followed.how === "ended" ? (left.vmm.ending ?? over) : over,
    stdout: nothing,
    stderr: left.vmm.stderr,
    durationMs,
  });
}
