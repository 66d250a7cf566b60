import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Arch } from "../model/words.ts";
import { cellFiles, isSafeName, logs, targetFiles, targetFolder } from "./folders.ts";

/** Folders in `folder`, links not among them; none where it is not there. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(entry => entry.isDirectory() && isSafeName(entry.name))
      .map(entry => join(folder, entry.name));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw cause;
  }
}

/** Removes what we write there, also what a killed run left half-written, and nothing else. */
async function clearFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const { name } of await readdir(folder, { withFileTypes: true })) {
    const written = name.replace(/(\.[0-9a-f]{8})?\.tmp$/, "");
    if (names.includes(written)) await rm(join(folder, name), { recursive: false, force: true });
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR"].includes(cause.code ?? "")) throw cause;
  });
}

async function clearLogs(folder: string): Promise<void> {
  for (const { name } of await readdir(folder, { withFileTypes: true }))
    if (/\.log(\.[0-9a-f]{8}\.tmp)?$/.test(name)) await rm(join(folder, name), { force: true });
  await removeIfEmpty(folder);
}

/** The cells' folders of these architectures that there are in the folder of a target. */
export async function foldersOf(target: string, arches: readonly Arch[]): Promise<string[]> {
  const there = (await foldersIn(target)).filter(one => arches.some(arch => one === join(target, arch)));
  return (await Promise.all(there.map(foldersIn))).flat();
}

/**
 * Removes the results of earlier runs of a target on an architecture, so that of that one its folder tells of one run only; and what is
 * written of all of them together, which is about to be untrue. Files that we never write stay, and so do the folders that they are in.
 */
export async function clearTarget(out: string, target: string, arch: Arch): Promise<void> {
  const folder = targetFolder(out, target);
  for (const cell of await foldersOf(folder, [arch])) {
    for (const inner of await foldersIn(cell)) if (inner === join(cell, logs)) await clearLogs(inner);
    await clearFiles(cell, cellFiles);
    await removeIfEmpty(cell);
  }
  await removeIfEmpty(join(folder, arch));
  if ((await foldersIn(out)).includes(folder)) await clearFiles(folder, targetFiles);
}
