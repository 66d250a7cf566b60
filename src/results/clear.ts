import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { Arch } from "../model/words.ts";
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

/** The cells' folders that there are in the folder of a target. */
export async function foldersOf(target: string): Promise<string[]> {
  const arches = (await foldersIn(target)).filter(one => Arch.options.some(arch => one === join(target, arch)));
  return (await Promise.all(arches.map(foldersIn))).flat();
}

/**
 * Removes the results of earlier runs of a target, so that its folder tells of one run only. Files that we never write stay, and so do
 * the folders that they are in.
 */
export async function clearTarget(out: string, target: string): Promise<void> {
  const folder = targetFolder(out, target);
  for (const cell of await foldersOf(folder)) {
    for (const inner of await foldersIn(cell)) if (inner === join(cell, logs)) await clearLogs(inner);
    await clearFiles(cell, cellFiles);
    await removeIfEmpty(cell);
  }
  for (const arch of Arch.options) await removeIfEmpty(join(folder, arch));
  if ((await foldersIn(out)).includes(folder)) await clearFiles(folder, targetFiles);
}
