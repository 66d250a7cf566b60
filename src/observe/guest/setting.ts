import type { Cell } from "../../model/cell.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { WorkloadId } from "../../model/words.ts";
import { workloads } from "../../workloads/index.ts";
import { lines } from "../../workloads/marks.ts";
import type { Boot, Workload } from "../../workloads/workload.ts";
import { type Emit, observeStep, seen } from "../seen.ts";
import { type Names, newBoot, newNames } from "./boot.ts";
import type { GuestImage } from "./image.ts";
import { look } from "./look.ts";

export interface GuestPaths {
  readonly vmm: string;
  /** Absent where the distro has none: the shared folder is then left out of the boot. */
  readonly virtiofsd?: string;
  readonly kernelRelease: string;
  readonly kernelImage: string;
  /** UEFI firmware, for architectures on which Kata gives one. */
  readonly firmware?: string;
}

export interface SettingOptions {
  readonly testbed: Testbed;
  readonly cell: Cell;
  readonly paths: GuestPaths;
  /** Path on the testbed. */
  readonly standinPath: string;
  readonly image: GuestImage;
  /** Milliseconds that a workload may take, scaled. */
  readonly patienceMs: number;
  readonly emit: Emit;
}

/** A testbed with all that a boot needs on it. */
export interface Setting {
  readonly boot: Boot;
  readonly uuid: Names["uuid"];
  /** Path of the initramfs on the testbed. */
  readonly initrd: string;
  /** What the look at the testbed found, by name. */
  readonly facts: ReadonlyMap<string, string>;
  /** Those that the testbed has the device nodes for. */
  readonly workloads: readonly Workload[];
}

const others = ["/dev/kvm", "/dev/vhost-net"];

const asked = (ids: readonly WorkloadId[]) => Object.values(workloads).filter(({ id }) => ids.includes(id));

/** Looks at the testbed and puts everything for a boot in its place; writes down step `guest.testbed`, fact `nonce`. */
export async function prepare(options: SettingOptions): Promise<Setting> {
  const { testbed, cell, paths, standinPath, image, patienceMs, emit } = options;
  const names = newNames();
  const wanted = asked(cell.scenario.workloads);
  const initrd = `/run/kata-verify/guest-${image.key.slice(0, 16)}.cpio`;
  emit({ kind: "fact", name: "nonce", value: names.nonce });
  const step = look({
    kind: testbed.kind,
    names,
    standin: standinPath,
    virtiofsd: paths.virtiofsd,
    kernelRelease: paths.kernelRelease,
    initrd,
    nodes: [...others, ...wanted.flatMap(({ nodes = [] }) => nodes.map(node => node.path))],
    files: wanted.flatMap(({ files }) => files?.(names.folder) ?? []),
  });
  const observation = await observeStep(testbed, step, emit);
  const facts = lines({ facts: {}, steps: { look: seen(observation) } }, "look");
  if (!facts.has("initrd")) await testbed.write(initrd, image.initramfs);
  return {
    boot: newBoot(names, facts, { arch: cell.arch, standin: standinPath, patienceMs }),
    uuid: names.uuid,
    initrd,
    facts,
    workloads: wanted.filter(({ nodes = [] }) => nodes.every(node => facts.get(node.path) === "ok")),
  };
}
