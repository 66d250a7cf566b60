import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openScratch } from "../../images/scratch.ts";
import { TestbedGone } from "../../model/testbed.ts";
import type { VmTestbed } from "../../observe/hands.ts";
import { keptName } from "../engine/kept.ts";
import { type Attempted, attempt } from "./attempts.ts";
import { prepareDisk } from "./disk.ts";
import { bootInitrd } from "./initrd.ts";
import { runnerCpu } from "./kvm.ts";
import { type Machine, machineArgv } from "./machine.ts";
import type { VmOptions } from "./options.ts";
import { type Bootable, NotSaved, prepareSnapshot, type Snapshot } from "./snapshot.ts";
import { type StartSpec, start } from "./start.ts";
import { openTestbed, type UpMachine } from "./testbed.ts";

export type { VmOptions } from "./options.ts";

/** Kata's guests come out of it; it is not touched before it is used. */
const usualMemoryMiB = 4096;

/**
 * The root file system as a machine with the distro's own kernel: restored from a snapshot where one can be had, else booted.
 * Rejects with `TestbedGone`, whose code says why it did not come up.
 */
export async function openVmTestbed(options: VmOptions): Promise<VmTestbed> {
  const vms = join(options.cache, "vms");
  await mkdir(vms, { recursive: true });
  const scratch = await openScratch(vms);
  try {
    const accelerator = options.offered === "kvm-nested" ? "kvm" : "tcg";
    // More than one emulated CPU is no faster, and KVM's patching of its own code has been seen to race on them.
    const { arch, memoryMiB = usualMemoryMiB } = options;
    const machine: Machine = { arch, accelerator, memoryMiB, cpus: accelerator === "kvm" ? 2 : 1 };
    const up = await bringUp(options, machine, scratch.path);
    const testbed = openTestbed(up, options.offered);
    const state = { kept: false };
    return {
      ...testbed,
      keep: async name => {
        const folder = await scratch.rename(keptName(name));
        const kept = await testbed.keep(name);
        state.kept = true;
        return { ...kept, remove: [...kept.remove, ["rm", "-rf", folder]] };
      },
      [Symbol.asyncDispose]: async () => {
        await testbed[Symbol.asyncDispose]();
        if (!state.kept) await scratch[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function bringUp(options: VmOptions, machine: Machine, scratch: string): Promise<UpMachine> {
  const { tools, furnishing, tell } = options;
  const disk = await prepareDisk(options);
  const initrd = await bootInitrd({ ...tools, modules: join(disk.folder, "modules") });
  const spec: Omit<StartSpec, "folder"> = { machine, disk: disk.folder, initrd };
  const counted = { stalls: 0 };
  const begin = async (more: Partial<StartSpec> = {}): Promise<Attempted> => {
    const attempted = await attempt(scratch, folder => start(options, { ...spec, ...more, folder }));
    counted.stalls += attempted.stalls;
    return attempted;
  };
  const goesIn = {
    disk: disk.digests.get("disk.img") ?? "",
    kernel: disk.digests.get("kernel") ?? "",
    initrd: sha256(initrd),
    tools: tools.imageId,
    argv: machineArgv(machine),
    cpu: machine.accelerator === "kvm" ? await runnerCpu() : "emulated",
    ...(furnishing === undefined ? {} : { furnishing: furnishing.key }),
  };
  const booted = (up: Attempted, because: string): UpMachine => ({
    started: up.started,
    stalls: counted.stalls,
    bootMs: up.started.tookMs,
    snapshot: { restored: false, because },
  });
  const boot = async (): Promise<Bootable> => {
    const up = await begin();
    if (furnishing === undefined) return up;
    tell("furnishing the testbed");
    try {
      const whole = await furnishing.furnish(openTestbed(booted(up, "it is being furnished"), options.offered));
      return whole ? up : { ...up, unworthy: "not all that it is furnished with came up" };
    } catch (error) {
      await up.started[Symbol.asyncDispose]();
      throw error;
    }
  };
  let snapshot: Snapshot;
  try {
    snapshot = await prepareSnapshot(options, goesIn, boot);
  } catch (error) {
    if (error instanceof NotSaved) return booted(error.booted, error.message);
    throw error;
  }
  tell("restoring the testbed");
  try {
    const { started } = await begin({ snapshot: snapshot.folder });
    const because = snapshot.cached ? "saved by an earlier run" : "saved when it had booted";
    const { bootMs } = snapshot.record;
    return { started, stalls: counted.stalls, bootMs, snapshot: { restored: true, because } };
  } catch (error) {
    if (!(error instanceof TestbedGone) || options.signal?.aborted) throw error;
    return booted(await boot(), `QEMU would not restore it: ${error.message}`);
  }
}
