import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../model/failure.ts";
import { errno, makeFolder } from "./make-folder.ts";

export interface FolderFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly contents: string;
}

const hint = "Name another folder with --out DIR, or move what is there away";

/** Whether there is something at `out`; rejects with UsageError where that is not ours to replace: a folder without `mark` in it. */
async function occupied(out: string, mark: string): Promise<boolean> {
  try {
    const names = await readdir(out);
    if (names.length === 0 || names.includes(mark)) return true;
    throw new UsageError(`${out} has other things in it: there is no ${mark}`, hint);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (errno(cause) === "ENOENT") return false;
    throw new UsageError(`${out} cannot be written: ${errno(cause)}`, hint);
  }
}

/**
 * Puts a folder of files in place whole or not at all: made beside it under a temporary name, and renamed. What is at `out` is replaced
 * where it is empty or holds `mark`, which earlier ones of ours do. Rejects with UsageError where it is not, and with what the files or
 * the disk reject with, leaving what was there.
 */
export async function replaceFolder(out: string, mark: string, files: AsyncIterable<FolderFile>): Promise<void> {
  const there = await occupied(out, mark);
  const folder = `${resolve(out)}.${randomBytes(4).toString("hex")}.tmp`;
  const made = new Set<string>();
  try {
    await makeFolder(folder);
    for await (const { path, contents } of files) {
      const parent = dirname(join(folder, path));
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      await writeFile(join(folder, path), contents, { flag: "wx" });
    }
    const old = `${folder}.old`;
    if (there) await rename(out, old);
    await rename(folder, out);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
