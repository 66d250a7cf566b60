import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../testbeds/engine.ts";
import {
  type CacheFolder,
  cacheLabel,
  cacheName,
  type Entry,
  entryPath,
  keyLabel,
  placeOf,
  readEntry,
} from "./entry.ts";
import { tryAlone } from "./lock.ts";

/** An entry as `kata-verify cache` shows it. */
export interface CacheRow {
  readonly kind: Entry["kind"];
  readonly key: string;
  readonly of: string;
  readonly imageId: string;
  /** As the engine counts it: layers that images share count for each. */
  readonly sizeBytes: number;
  readonly madeAt: string;
  readonly usedAt: string;
}

export interface PruneLimits {
  /** Days since the last use. */
  readonly maxAgeDays?: number | undefined;
  /** The most recently used ones are kept up to this size. */
  readonly maxBytes?: number | undefined;
}

const kinds: readonly Entry["kind"][] = ["base", "rootfs"];
const dayMs = 86_400_000;

async function rowsOf(cache: CacheFolder, kind: Entry["kind"]): Promise<CacheRow[]> {
  const files = await readdir(join(cache.folder, kind)).catch(() => []);
  const rows = files
    .filter(file => file.endsWith(".json"))
    .map(async (file): Promise<CacheRow[]> => {
      const path = join(cache.folder, kind, file);
      const entry = await readEntry(path);
      if (entry === undefined) return [];
      const { key, of, imageId, sizeBytes, madeAt } = entry;
      const used = await stat(path).catch(() => undefined);
      return used === undefined
        ? []
        : [{ kind, key, of, imageId, sizeBytes, madeAt, usedAt: used.mtime.toISOString() }];
    });
  return (await Promise.all(rows)).flat();
}

/** Most recently used first. */
export async function listCache(cache: CacheFolder): Promise<CacheRow[]> {
  const rows = (await Promise.all(kinds.map(kind => rowsOf(cache, kind)))).flat();
  return rows.sort((a, b) => (a.usedAt > b.usedAt ? -1 : Number(a.usedAt < b.usedAt)));
}

/** Those over the limits, when kept from the most recently used on. */
export function overLimits<T extends Pick<CacheRow, "sizeBytes" | "usedAt">>(
  rows: readonly T[],
  limits: PruneLimits,
  now: Date,
): T[] {
  const { maxAgeDays = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = limits;
  let bytes = 0;
  return rows.filter(row => {
    bytes += row.sizeBytes;
    return now.getTime() - Date.parse(row.usedAt) > maxAgeDays * dayMs || bytes > maxBytes;
  });
}

/**
 * Removes what is over the limits, and images of this cache that it does not remember. What is being made or used right now is left
 * alone, and so are images that came from a registry: others may use them. Returns what was removed.
 */
export async function pruneCache(
  engine: Engine,
  cache: CacheFolder,
  limits: PruneLimits,
  now = new Date(),
): Promise<{ rows: CacheRow[]; strays: number }> {
  const rows = await listCache(cache);
  const removed: CacheRow[] = [];
  // An image that another one is made of cannot go before it: the youngest first.
  const victims = overLimits(rows, limits, now).sort((a, b) =>
    a.madeAt > b.madeAt ? -1 : Number(a.madeAt < b.madeAt),
  );
  for (const row of victims) {
    if (await forget(engine, cache, row)) removed.push(row);
  }
  const known = new Set(rows.map(row => row.imageId));
  let strays = 0;
  for (const image of await engine.images(`${cacheLabel}=${cacheName(cache.folder)}`)) {
    if (!known.has(image.id) && (await removeStray(engine, cache, image.id, image.labels[keyLabel] ?? ""))) strays += 1;
  }
  return { rows: removed, strays };
}

async function isGone(engine: Engine, id: string): Promise<boolean> {
  await engine.removeImage(id);
  return (await engine.image(id)) === undefined;
}

async function forget(engine: Engine, cache: CacheFolder, row: CacheRow): Promise<boolean> {
  await using held = await tryAlone(placeOf(cache, row.kind, row.key));
  if (held === undefined) return false;
  const entry = await readEntry(entryPath(cache, row.kind, row.key));
  const pulled = entry?.kind === "base" && entry.image.source === "registry";
  if (!pulled && !(await isGone(engine, row.imageId))) return false;
  await rm(entryPath(cache, row.kind, row.key), { force: true });
  return true;
}

/** Somebody who has just committed it holds the lock of its key until it is remembered. */
async function removeStray(engine: Engine, cache: CacheFolder, id: string, key: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(key)) return false;
  for (const kind of kinds) {
    await using held = await tryAlone(placeOf(cache, kind, key));
    if (held === undefined) return false;
    if ((await readEntry(entryPath(cache, kind, key)))?.imageId === id) return false;
  }
  return isGone(engine, id);
}
