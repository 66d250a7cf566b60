import { type DropIn, dropIn, readConfiguration } from "../../kata/drop-in.ts";
import { guestFolder } from "../../kata/guest-init.ts";
import type { Seen } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import { identifyVirtiofsd } from "../../vmms/virtiofsd.ts";
import { lines } from "../../workloads/marks.ts";
import type { Exercise, How } from "../exercise.ts";
import type { Furnished } from "./prepare.ts";

/** Of the guest, as Kata's own tests give it: what it takes to boot, and the least that the testbed's memory must hold. */
const memoryMiB = 512;

export interface Configured {
  readonly testbed: Testbed;
  readonly how: How;
  readonly kata: Furnished;
  /** What the look at the testbed printed. */
  readonly look: Seen;
  readonly nonce: string;
  readonly vmm: string;
}

/** The drop-in for what was found on this testbed. */
export async function configuration({ cell, parts }: Exercise, one: Configured): Promise<string> {
  const { testbed, how, kata, look, nonce, vmm } = one;
  const { runtime, config } = kata.tree.binaries;
  const own = readConfiguration(new TextDecoder().decode(await testbed.fetch(config)));
  const found = lines({ facts: {}, steps: { look } }, "look");
  const daemon = identifyVirtiofsd(found.get("virtiofsd") ?? "");
  const what: DropIn = {
    runtime,
    arch: cell.arch,
    vmm,
    ...(parts.virtiofsd === undefined || daemon === null
      ? {}
      : { virtiofsd: { path: parts.virtiofsd, kind: daemon.kind } }),
    ...(kata.initrd === undefined || parts.kernelImage === undefined
      ? {}
      : { guest: { kernel: parts.kernelImage, initrd: kata.initrd, init: `/${guestFolder}/init` } }),
    kernelParams: own.kernelParams ?? "",
    nonce,
    memoryMiB,
    ioUring: found.get("io_uring") === "ok",
    slowness: how.timeScale,
  };
  return dropIn(what);
}
