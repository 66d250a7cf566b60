import { createHash } from "node:crypto";
import { keyOf } from "../../images/key.ts";
import { guestInit, guestModules } from "../../kata/guest-init.ts";
import type { Testbed } from "../../model/testbed.ts";
import { kataInitrd } from "../../testbeds/initramfs/kata.ts";
import { type Decompress, listModules, readListing, readModules } from "../../testbeds/initramfs/modules.ts";
import { type Emit, observeStep } from "../seen.ts";
import type { KataFile } from "./tree.ts";

export interface GuestInitrdParts {
  /** Anything with the root file system under test; a container is quickest. */
  readonly source: Testbed;
  readonly kernelRelease: string;
  /** Kata's own initrd. */
  readonly base: Pick<KataFile, "read">;
  /** Modules beside those that every guest needs. */
  readonly more?: readonly string[];
  /** Where it will be on the testbed. */
  readonly path: string;
  /** Static, for the guest's architecture. */
  readonly busybox: Uint8Array;
  /** Static, for the guest's architecture. */
  readonly standin: Uint8Array;
  /** What identifies the root file system: modules are only read where the initrd is not kept under a key that has it. */
  readonly rootfsId: string;
  readonly decompress: Decompress;
  /** Returns what is kept under the key, or makes and keeps it. */
  readonly keep?: (key: string, make: () => Promise<Uint8Array>) => Promise<Uint8Array>;
  readonly emit: Emit;
}

/** The guest's initrd for the distro's kernel, the same for every guest of it. */
export interface GuestInitrd {
  readonly key: string;
  readonly file: KataFile;
}

const sha256 = (contents: Uint8Array) => createHash("sha256").update(contents).digest("hex");

/** Makes it out of Kata's own and the kernel package's modules; writes down what modprobe says of them, step `kata.modules`. */
export async function guestInitrd(parts: GuestInitrdParts): Promise<GuestInitrd> {
  const { source, kernelRelease, base, more = [], path, busybox, standin, rootfsId, keep, emit } = parts;
  const names = [...guestModules, ...more];
  const step = { id: "kata.modules", command: listModules(kernelRelease, names) };
  const observation = await observeStep(source, step, emit);
  const paths = readListing(new TextDecoder().decode(observation.stdout));
  const inOrder = [...new Set(names.flatMap(name => paths.get(name) ?? []))];
  const own = await base.read();
  const programs = { busybox: sha256(busybox), standin: sha256(standin) };
  const key = keyOf({ guestInit, base: sha256(own), programs, rootfsId, inOrder });
  const make = async () => {
    const found = await readModules(source, inOrder, parts);
    return kataInitrd({ base: own, busybox, standin, modules: inOrder.flatMap(one => found.get(one) ?? []) });
  };
  const contents = await (keep ? keep(key, make) : make());
  return { key, file: { path, mode: 0o644, size: contents.length, read: async () => contents } };
}
