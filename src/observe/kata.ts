import { randomBytes } from "node:crypto";
import { askContainerd, readAnswer } from "../kata/containerd.ts";
import { writeDropIn } from "../kata/drop-in.ts";
import { lookAtVirtiofsd, lookAtVmm, sandboxRanUnder } from "../kata/processes.ts";
import { askConfiguration } from "../kata/resolved.ts";
import { sandboxMs } from "../kata/time-outs.ts";
import { kataTrouble } from "../kata/trouble.ts";
import type { KataTold } from "../kata/trouble-rows.ts";
import { readVmmStart, startedUnder, watchingVmm } from "../kata/vmm-start.ts";
import type { Command, Seen } from "../model/command.ts";
import { reason } from "../model/reason.ts";
import type { Testbed } from "../model/testbed.ts";
import { containerWorkloads } from "../workloads/containers/index.ts";
import type { Exercise, How } from "./exercise.ts";
import { configuration } from "./kata/configuration.ts";
import { lookAtTestbed } from "./kata/look.ts";
import { newLane } from "./kata/new-lane.ts";
import type { Furnished } from "./kata/prepare.ts";
import { type Act, runLane } from "./kata/run-lane.ts";
import { observeStep, seen } from "./seen.ts";
import { standinPath } from "./standin-path.ts";

/** runc needs a second or two. */
const controlMs = 15_000;

/**
 * The kata tier: the workloads under runc, the control, and under Kata, on a testbed that is furnished, or is now. Rejects with
 * `TestbedGone` only; `stalled`: the emulation did, and the guest printed nothing at all.
 */
export async function observeKata(
  one: Exercise,
  testbed: Testbed,
  how: How,
  kata: Furnished,
): Promise<{ readonly stalled: boolean }> {
  const { cell, parts, emit, signal, doing, requireKvm } = one;
  const { ctr } = kata;
  const { vmm } = parts;
  if (vmm === undefined) return { stalled: false };
  if (testbed.kind !== "vm") await kata.furnishing.furnish(testbed);
  const steps: Record<string, Seen> = {};
  const act: Act = async step => {
    signal.throwIfAborted();
    const one = seen(await observeStep(testbed, step, emit));
    steps[step.id] = one;
    return one;
  };
  const nonce = randomBytes(16).toString("hex");
  emit({ kind: "fact", name: "kataNonce", value: nonce });
  const containerd = readAnswer(await act(askContainerd(ctr)));
  if (containerd === undefined) {
    const why = reason("containerd.not-answering");
    emit({ kind: "stopped", stopped: { stage: "configure", tier: "kata", reason: why } });
    return { stalled: false };
  }
  const look = await act(lookAtTestbed(testbed.kind, standinPath, parts.virtiofsd));
  const document = await configuration(one, { testbed, how, kata, look, nonce, vmm });
  const { config, shim, runtime } = kata.tree.binaries;
  await act(writeDropIn(config, document));
  if (kata.tree.tool !== undefined) await act(askConfiguration(runtime, kata.tree.tool));
  const common = { ctr, snapshotter: containerd.snapshotter, nonce, standin: standinPath, timeScale: how.timeScale };
  const workloads = containerWorkloads.filter(({ id }) => cell.scenario.containers.includes(id));
  doing("exercise", "running the workloads under runc");
  const control = newLane({ ...common, name: "control", runtime: "io.containerd.runc.v2" });
  await runLane({ lane: control, workloads, act, sandboxMs: controlMs });
  doing("exercise", "running the workloads under Kata");
  const lane = newLane({ ...common, name: "kata", runtime: shim });
  const { virtiofsd } = parts;
  const looks = [
    readVmmStart(lane),
    lookAtVmm(lane, vmm),
    ...(virtiofsd === undefined ? [] : [lookAtVirtiofsd(lane, virtiofsd)]),
  ];
  const beside = (command: Command) => watchingVmm(lane, command);
  const within = sandboxMs(how.timeScale, testbed.timeScale ?? 1);
  await runLane({ lane, workloads, act, sandboxMs: within, beside, looks });
  // Else the fact is of the harness's own guest.
  if (cell.scenario.workloads.length === 0) {
    const { "kata.vmm": up, "kata.vmm-start": start } = steps;
    const ranUnder = sandboxRanUnder(up, how.offered) ?? startedUnder(start, how.offered);
    emit({ kind: "fact", name: "acceleration", value: ranUnder ?? null });
  }
  const { tier, testbed: kind, because } = cell;
  const told: KataTold = {
    request: { tier, testbed: kind, because, requireKvm },
    facts: { offered: how.offered, paths: parts, kata: kata.tree.binaries },
    steps,
  };
  return { stalled: kataTrouble(told)?.code === "infra.emulation-stall" };
}
