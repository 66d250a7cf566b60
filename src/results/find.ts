import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { Arch } from "../model/words.ts";
import { isSafeName } from "./folders.ts";

/** Folders below the results folder are targets, arches, scenarios: no run goes deeper, and no run has more cells. */
const depthMax = 3;
const cellsMax = 20_000;

/** The folders in `folder` that hold what a cell saw, by code unit; links are not followed. Rejects with UsageError. */
export async function findCells(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${folder} cannot be read: ${cause.code}`, "Name a results folder, e.g. results");
  });
  if (entries.some(({ name }) => name === "journal.ndjson" || name === "evidence.json")) return [folder];
  if (depth === depthMax) return [];
  const found: string[] = [];
  const inner = entries.filter(entry => entry.isDirectory() && isSafeName(entry.name)).map(entry => entry.name);
  for (const name of inner.sort()) {
    found.push(...(await findCells(join(folder, name), depth + 1)));
    if (found.length > cellsMax)
      throw new UsageError(`${folder} has more than ${cellsMax} cells`, "No run has as many");
  }
  return found;
}

/** `<target>/<arch>/<scenario>` belongs to `<target>`; evidence that lies elsewhere stands for itself. */
function targetOf(cell: string): string {
  const arch = dirname(cell);
  return Arch.safeParse(basename(arch)).success ? dirname(arch) : cell;
}

/** Cell folders by the target folder that they belong to. */
export function byTarget(cells: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const cell of cells) {
    const target = targetOf(cell);
    const others = targets.get(target);
    if (others) others.push(cell);
    else targets.set(target, [cell]);
  }
  return targets;
}
