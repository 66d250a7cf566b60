import { createHash } from "node:crypto";
import type { Testbed } from "../../model/testbed.ts";
import type { WorkloadId } from "../../model/words.ts";
import { guestInitramfs, recipe } from "../../testbeds/initramfs/guest.ts";
import { type Decompress, listModules, readListing, readModules } from "../../testbeds/initramfs/modules.ts";
import { workloads } from "../../workloads/index.ts";
import { initScript } from "../../workloads/init.ts";
import { type Emit, observeStep } from "../seen.ts";

export interface GuestImageParts {
  /** Anything with the root file system under test; a container is quickest. */
  readonly source: Testbed;
  readonly workloads: readonly WorkloadId[];
  readonly kernelRelease: string;
  /** Static programs for the guest's architecture. */
  readonly busybox: Uint8Array;
  readonly standin: Uint8Array;
  /**
   * What identifies the root file system as it is, whose packages move on under one name: modules are only read where the archive is
   * not kept under a key that has it.
   */
  readonly rootfsId: string;
  readonly decompress: Decompress;
  /** Returns what is kept under the key, or makes and keeps it. */
  readonly keep?: (key: string, make: () => Promise<Uint8Array>) => Promise<Uint8Array>;
  readonly emit: Emit;
}

/** The guest's initramfs, the same for every boot of a kernel. */
export interface GuestImage {
  readonly key: string;
  readonly initramfs: Uint8Array;
}

const sha256 = (contents: Uint8Array | string) => createHash("sha256").update(contents).digest("hex");

/** Makes the guest's initramfs out of the kernel package's own modules, and writes down what modprobe says of them. */
export async function guestImage(parts: GuestImageParts): Promise<GuestImage> {
  const { source, busybox, standin, kernelRelease, emit } = parts;
  const chosen = parts.workloads.map(id => workloads[id]);
  const names = chosen.flatMap(workload => workload.modules);
  const step = { id: "guest.modules", command: listModules(kernelRelease, names) };
  const observation = await observeStep(source, step, emit);
  const paths = readListing(new TextDecoder().decode(observation.stdout));
  const make = async () => {
    const found = await readModules(source, [...new Set([...paths.values()].flat())], parts);
    const of = (name: string) => (paths.get(name) ?? []).flatMap(path => found.get(path) ?? []);
    const modules = new Map(chosen.map(({ id, modules }) => [id, modules.flatMap(of)]));
    return guestInitramfs({ workloads: chosen, busybox, standin, modules });
  };
  const key = sha256(
    JSON.stringify([recipe, initScript(chosen), sha256(busybox), sha256(standin), parts.rootfsId, [...paths]]),
  );
  return { key, initramfs: await (parts.keep ? parts.keep(key, make) : make()) };
}
