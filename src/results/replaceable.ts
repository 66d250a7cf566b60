import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import { foldersOf } from "./clear.ts";
import { cellFiles, cellFolder, logs, type Place, targetFiles, targetFolder } from "./folders.ts";
import { errno } from "./make-folder.ts";
import { readFileSafely } from "./read-file.ts";
import { ensureWritable } from "./writable.ts";

const hint = "Move it away, or name another folder with --out DIR";

const OurVerdict = z.looseObject({ tool: z.looseObject({ name: z.literal("kata-verify") }) });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

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

/** Whatever else is called verdict.json is somebody's own, and no run may take it for an earlier one's. */
async function ensureOurs(path: string): Promise<void> {
  const text = await readFileSafely(path);
  if (text === undefined || OurVerdict.safeParse(json(text)).success) return;
  throw new UsageError(`${path} is not of an earlier run of kata-verify`, hint);
}

/**
 * Proves, changing nothing, that the results of these cells can be put below `out`, and those of earlier runs of their targets on the
 * same architecture be removed. Rejects with UsageError that names what is in the way.
 */
export async function ensureReplaceable(out: string, places: readonly Place[]): Promise<void> {
  for (const target of new Set(places.map(place => place.target))) {
    const folder = targetFolder(out, target);
    if ((await ensureFolder(folder, targetFiles)) === "nothing") continue;
    await ensureOurs(join(folder, "verdict.json"));
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
