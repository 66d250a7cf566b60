import { createHash } from "node:crypto";
import { keyOf } from "../../images/key.ts";
import {
  containerdConfig,
  containerdConfigPath,
  importImage,
  type Snapshotter,
  startContainerd,
} from "../../kata/containerd.ts";
import { furniture } from "../../kata/lane.ts";
import { setUp, startLog } from "../../kata/testbed-setup.ts";
import type { Observation } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Arch } from "../../model/words.ts";
import { workloadImage } from "../../testbeds/image/workload-image.ts";
import type { Furnishing } from "../hands.ts";
import type { Containerd } from "./additions.ts";
import type { KataFile, KataTree } from "./tree.ts";

export interface FurnishingParts extends Containerd {
  readonly arch: Arch;
  readonly tree: KataTree;
  /** The guest's initrd for the distro's kernel: Kata's own initrd, image and kernel are then left out. */
  readonly initrd?: { readonly key: string; readonly file: KataFile };
  /** Path of the stand-in on the testbed. */
  readonly standin: string;
  /** Static, for the testbed's architecture. */
  readonly busybox: Uint8Array;
}

/**
 * What the kata tier needs on a testbed before its first container. `furnish` rejects with `TestbedGone` only: what containerd
 * does wrong is for the steps to see that ask it.
 */
export function furnishing(parts: FurnishingParts): Furnishing {
  const { arch, tree, initrd, standin, busybox, containerd, ctr, added } = parts;
  const own = [...ownFiles(tree, initrd !== undefined), ...(initrd === undefined ? [] : [initrd.file])];
  const files = [...own, ...(added?.files ?? [])];
  const image = workloadImage(arch, busybox);
  const commands = [setUp("vm", tree.links), startLog(standin), startContainerd(containerd, standin, added?.env)];
  const key = keyOf({
    files: files.map(({ path, mode, size }) => ({ path, mode, size })),
    tree: tree.binaries.digest,
    initrd: initrd?.key,
    additions: added && keyOf({ of: added.key, env: added.env }),
    image: createHash("sha256").update(image).digest("hex"),
    config: containerdConfig(arch, "native"),
    commands: commands.map(({ argv }) => argv),
    ctr,
  });
  return { key, furnish: testbed => furnish(testbed, { ...parts, files, image }) };
}

/** Those of a release that are used where the guest's kernel is the distro's own. */
function ownFiles({ files, binaries }: KataTree, isDistroKernel: boolean): readonly KataFile[] {
  const { guestInitrd, guestImage, guestKernel } = binaries;
  return isDistroKernel ? files.filter(({ path }) => ![guestInitrd, guestImage, guestKernel].includes(path)) : files;
}

interface Furniture extends Omit<FurnishingParts, "initrd"> {
  readonly files: readonly KataFile[];
  readonly image: Uint8Array;
}

async function furnish(testbed: Testbed, one: Furniture): Promise<boolean> {
  const { arch, tree, files, image, standin, busybox, containerd, ctr, added } = one;
  await testbed.write(furniture.busybox, busybox, 0o755);
  for (const { path, mode, read } of files) await testbed.write(path, await read(), mode);
  const { stdout } = await testbed.run(setUp(testbed.kind, tree.links));
  const snapshotter: Snapshotter = text(stdout).includes("snapshotter overlayfs") ? "overlayfs" : "native";
  await testbed.run(startLog(standin));
  await testbed.write(containerdConfigPath, containerdConfig(arch, snapshotter));
  if (!isWell(await testbed.run(startContainerd(containerd, standin, added?.env)))) return false;
  return isWell(await testbed.run(importImage(ctr, snapshotter, image)));
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const isWell = ({ ending }: Observation) => ending.kind === "exited" && ending.code === 0;
