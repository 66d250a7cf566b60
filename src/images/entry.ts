import { mkdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { Event, Image } from "../model/evidence.ts";
import { Instant } from "../model/words.ts";
import type { Engine, Labels } from "../testbeds/engine.ts";
import { keyOf } from "./key.ts";
import { makersLock } from "./lock.ts";
import { partOf } from "./scratch.ts";

/** Images that were made here carry their key: a record alone could name any image. */
export const keyLabel = "io.kata-verify.key";
/** And the cache that remembers them: users of one engine have caches of their own. */
export const cacheLabel = "io.kata-verify.cache";

export const cacheName = (folder: string) => keyOf(folder).slice(0, 16);

export const labelsOf = ({ folder }: CacheFolder, key: string): Labels => ({
  [keyLabel]: key,
  [cacheLabel]: cacheName(folder),
});

/** Where images are remembered. */
export interface CacheFolder {
  readonly folder: string;
}

export interface Cache extends CacheFolder {
  /** Milliseconds after which an image is made again: packages move on. */
  readonly maxAgeMs: number;
  /** Nothing that was made before is used; what is made now is remembered. */
  readonly fresh: boolean;
}

/** An image with what was seen while it was made. */
export const Entry = z.object({
  schemaVersion: z.literal(1),
  kind: z.enum(["base", "rootfs"]),
  key: z.string(),
  /** For people: `debian-13 amd64`. */
  of: z.string(),
  imageId: z.string(),
  sizeBytes: z.number(),
  madeAt: Instant,
  image: Image,
  events: z.array(Event),
});
export type Entry = z.infer<typeof Entry>;

const Stored = z.object({ sha256: z.string(), entry: z.unknown() });

/** Of what belongs to an entry, without what tells them apart. */
export const placeOf = (cache: CacheFolder, kind: Entry["kind"], key: string) => join(cache.folder, kind, key);
export const entryPath = (cache: CacheFolder, kind: Entry["kind"], key: string) => `${placeOf(cache, kind, key)}.json`;
export const lockPath = (cache: CacheFolder, kind: Entry["kind"], key: string) => makersLock(placeOf(cache, kind, key));

const digest = (entry: unknown) => keyOf(JSON.stringify(entry));

/** Undefined for a file that is absent, broken or changed. */
export async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    const stored = Stored.parse(JSON.parse(await readFile(path, "utf8")));
    return stored.sha256 === digest(stored.entry) ? Entry.parse(stored.entry) : undefined;
  } catch {
    return undefined;
  }
}

/** What was made before under this key, where it is still whole: the record, and the image that it is about. */
export async function recall(
  engine: Engine,
  cache: Cache,
  kind: Entry["kind"],
  key: string,
  now = new Date(),
): Promise<Entry | undefined> {
  if (cache.fresh) return undefined;
  const path = entryPath(cache, kind, key);
  const entry = await readEntry(path);
  if (entry?.key !== key || entry.kind !== kind) return undefined;
  if (now.getTime() - Date.parse(entry.madeAt) > cache.maxAgeMs) return undefined;
  const facts = await engine.image(entry.imageId);
  const pulled = kind === "base" && entry.image.source === "registry";
  if (facts?.id !== entry.imageId || (!pulled && facts.labels[keyLabel] !== key)) return undefined;
  try {
    // The time of the last use is what pruning goes by.
    await utimes(path, now, now);
  } catch {
    // Gone meanwhile: then it is not there.
    return undefined;
  }
  return entry;
}

/** Whole or not at all. */
export async function remember(cache: Cache, entry: Entry): Promise<void> {
  const path = entryPath(cache, entry.kind, entry.key);
  const stored: z.infer<typeof Stored> = { sha256: digest(entry), entry };
  await mkdir(dirname(path), { recursive: true });
  const part = partOf(path);
  await writeFile(part, JSON.stringify(stored));
  await rename(part, path);
}
