import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { foldersOf } from "./clear.ts";
import { cellFiles, cellFolder, logs, type Place, targetFiles, targetFolder } from "./folders.ts";
import { errno } from "./make-folder.ts";
import { ensureWritable } from "./writable.ts";

const hint = "Move it away, or name another folder with --out DIR";

type Found = "nothing" | "folder" | "file";

async function found(path: string): Promise<Found> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (cause) {
    if (errno(cause) === "ENOENT") return "nothing";
    throw new UsageError(`${path} cannot be written: ${errno(cause)}`, hint);
  }
}

async function ensureFolder(path: string, files: readonly string[]): Promise<Found> {
  const there = await found(path);
  if (there === "file") throw new UsageError(`${path} is in the way: results need a folder there`, hint);
  if (there === "nothing") return there;
  await ensureWritable("results", path, hint);
  for (const file of files.map(name => join(path, name)))
    if ((await found(file)) === "folder")
      throw new UsageError(`${file} is in the way: results need a file there`, hint);
  return there;
}

/**
 * Proves, changing nothing, that the results of these cells can be put below `out`, and those of earlier runs of their targets on the
 * same architecture be removed. Rejects with UsageError that names what is in the way.
 */
export async function ensureReplaceable(out: string, places: readonly Place[]): Promise<void> {
  for (const target of new Set(places.map(place => place.target))) {
    const folder = targetFolder(out, target);
    if ((await ensureFolder(folder, targetFiles)) === "nothing") continue;
    const asked = places.filter(place => place.target === target);
    const own = asked.map(place => cellFolder(out, place));
    const earlier = await foldersOf(
      folder,
      asked.map(({ arch }) => arch),
    );
    for (const cell of new Set([...own, ...earlier])) {
      if ((await ensureFolder(dirname(cell), [])) === "nothing") continue;
      if ((await ensureFolder(cell, cellFiles)) === "folder") await ensureFolder(join(cell, logs), []);
    }
  }
}
