import { Unprepared } from "../../images/unprepared.ts";
import { blockModules } from "../../kata/guest-init.ts";
import { askVersion } from "../../kata/shim-version.ts";
import type { Command } from "../../model/command.ts";
import { reason } from "../../model/reason.ts";
import { packageManagers } from "../../packages/index.ts";
import type { Exercise } from "../exercise.ts";
import type { Furnishing } from "../hands.ts";
import { installedPackages } from "../installed.ts";
import { observeStep, seen } from "../seen.ts";
import { standinPath } from "../standin-path.ts";
import { wholeContainerd } from "./additions.ts";
import { distroKata } from "./distro.ts";
import { furnishing } from "./furnish.ts";
import { type GuestInitrd, guestInitrd } from "./guest-initrd.ts";
import type { KataTree } from "./tree.ts";

/** All that the kata tier brings to a testbed. */
export interface Furnished {
  readonly tree: KataTree;
  readonly furnishing: Furnishing;
  /** containerd's client on the testbed. */
  readonly ctr: string;
  /** Where the guest's initrd for the distro's kernel will be on the testbed; absent in the lane of Kata's own kernel. */
  readonly initrd: string | undefined;
}

export interface PreparedKata {
  /** Absent where something kept it from being prepared: that is written down. */
  readonly kata: Furnished | undefined;
  readonly bugs: readonly unknown[];
}

const initrdPath = "/var/lib/kata-verify/guest-initrd.img";

/** Gets Kata's binaries and makes the guest's initrd, beside everything else. Never rejects. */
export async function prepareKata(one: Exercise): Promise<PreparedKata> {
  const made: { kata: Furnished | undefined } = { kata: undefined };
  const bug = await one.guard("install", ["kata"], async () => {
    made.kata = await furnished(one);
  });
  return { kata: made.kata, bugs: [bug] };
}

async function furnished(one: Exercise): Promise<Furnished> {
  const { cell, parts, hands, emit } = one;
  // Else everything would be got for nothing.
  if (parts.vmm === undefined) throw new Unprepared("install", reason("vmm.not-packaged"));
  const isDistros = cell.kata.source === "distro";
  const tree = isDistros ? await distrosOwn(one) : await hands.kata(cell, emit);
  emit({ kind: "fact", name: "kata", value: tree.binaries });
  // The distro's own Kata has a guest of the distro's own.
  const withKernel = cell.scenario.guestKernel === "distro" && !isDistros;
  const initrd = withKernel ? await initrdFor(one, tree) : undefined;
  const containerd = await wholeContainerd(one);
  const { busybox } = hands.guestParts;
  const brought = { arch: cell.arch, tree, standin: standinPath, busybox, ...containerd };
  return {
    tree,
    ctr: containerd.ctr,
    furnishing: furnishing({ ...brought, ...(initrd === undefined ? {} : { initrd }) }),
    initrd: initrd?.file.path,
  };
}

/** The distro's own Kata, asked where it was installed. */
async function distrosOwn({ cell, container, parts, rootfs, emit }: Exercise): Promise<KataTree> {
  const { target, runtime } = cell;
  const { kataShim, kataConfig } = parts;
  const ask = async (id: string, command: Command) =>
    seen(await observeStep(container, { id: `kata-distro.${id}`, command }, emit));
  const manager = packageManagers[target.packageManager];
  const said = kataShim === undefined ? undefined : await ask("version", askVersion(kataShim));
  const found = kataShim ?? kataConfig;
  const name = found && manager.readOwners(await ask("owner", manager.owners([found]))).get(found);
  const place = kataConfig && (await ask("config", { argv: ["readlink", "-f", kataConfig], timeoutMs: 10_000 }));
  return distroKata({
    ...{ paths: parts, target, runtime, said },
    owner: installedPackages(rootfs).find(one => one.name === name),
    config: place ? place.stdout.trim() || kataConfig : undefined,
  });
}

/** Kata's initrd with the modules of the distro's kernel. */
async function initrdFor(one: Exercise, tree: KataTree): Promise<GuestInitrd> {
  const { cell, container, parts, rootfs, hands, emit } = one;
  const base = tree.files.find(({ path }) => path === tree.binaries.guestInitrd);
  if (base === undefined || parts.kernelRelease === undefined)
    throw new Unprepared(
      "install",
      base === undefined
        ? reason(
            "kata.unavailable",
            "Kata's binaries have no guest initrd, without which no distro kernel can be its guest",
          )
        : reason("kernel.not-packaged"),
    );
  return guestInitrd({
    source: container,
    kernelRelease: parts.kernelRelease,
    base,
    more: cell.scenario.containers.includes("block") ? blockModules : [],
    path: initrdPath,
    rootfsId: rootfs.imageId,
    ...hands.guestParts,
    emit,
  });
}
