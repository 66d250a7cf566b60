import { commands, initScript } from "../../workloads/init.ts";
import type { Workload } from "../../workloads/workload.ts";
import { type CpioEntry, charDevice, cpio, directory, file, symlink } from "./cpio.ts";

/** A kernel module as the guest inserts it: not compressed. */
export interface Module {
  readonly name: string;
  readonly contents: Uint8Array;
}

export interface GuestParts {
  readonly workloads: readonly Workload[];
  /** Static programs for the guest's architecture. */
  readonly busybox: Uint8Array;
  readonly standin: Uint8Array;
  /** For each workload its modules, each behind those that it depends on. */
  readonly modules: ReadonlyMap<string, readonly Module[]>;
}

/** Counts up when the archive's shape changes: part of the key under which one is kept. */
export const recipe = 2;

/** The guest's initramfs: an init, the two programs that it calls, and the modules of the kernel under test. */
export function guestInitramfs({ workloads, busybox, standin, modules }: GuestParts): Uint8Array {
  const distinct = new Map([...modules.values()].flat().map(module => [module.name, module.contents]));
  const lists = workloads.map(({ id }) => {
    const names = (modules.get(id) ?? []).map(module => `${module.name}\n`);
    return file(`modules/${id}.list`, names.join(""));
  });
  const entries: CpioEntry[] = [
    file("init", initScript(workloads), 0o755),
    file("bin/busybox", busybox, 0o755),
    file("bin/standin", standin, 0o755),
    ...commands.map(name => symlink(`bin/${name}`, "busybox")),
    ...["dev", "proc", "sys"].map(name => directory(name)),
    // The kernel opens it for init before any file system is mounted.
    charDevice("dev/console", 5, 1),
    ...lists,
    ...[...distinct].map(([name, contents]) => file(`modules/${name}`, contents)),
  ];
  return cpio(entries);
}
