import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { charDevice, cpio, directory, file } from "../initramfs/cpio.ts";
import { init, initrdFolder, initrdInit } from "./init.ts";

export interface InitrdParts {
  readonly busybox: Uint8Array;
  readonly standin: Uint8Array;
  /** Folder with the modules, not compressed, named so that those that others depend on come first. */
  readonly modules: string;
}

/** What the testbed boots with: the modules of its disk, and the harness's own files. */
export async function bootInitrd({ busybox, standin, modules }: InitrdParts): Promise<Uint8Array> {
  const names = (await readdir(modules)).sort();
  const contents = await Promise.all(names.map(name => readFile(join(modules, name))));
  return cpio([
    file("init", initrdInit, 0o755),
    file("bin/busybox", busybox, 0o755),
    ...["dev", "proc", "root"].map(name => directory(name)),
    // The kernel opens it for init before any file system is mounted.
    charDevice("dev/console", 5, 1),
    file("modules/list", names.map(name => `${name}\n`).join("")),
    ...names.map((name, at) => file(`modules/${name}`, contents[at] ?? new Uint8Array())),
    file(`${initrdFolder}/init`, init),
    file(`${initrdFolder}/busybox`, busybox, 0o755),
    file(`${initrdFolder}/standin`, standin, 0o755),
  ]);
}
