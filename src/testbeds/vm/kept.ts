import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { hold, type Lock, lock, makersLock } from "../../images/lock.ts";
import { partOf } from "../../images/scratch.ts";
import { digestFile } from "./digest.ts";
import { type File, firstChanged, recordFile, stateOf, store, stored } from "./kept-record.ts";

export interface Made<T> {
  readonly record: T;
  readonly files: readonly Pick<File, "name" | "extents">[];
}

/** A folder of files in the cache, made once under its key, and as it was made. */
export interface Kept<T> {
  readonly folder: string;
  readonly cached: boolean;
  readonly record: T;
  /** By name. */
  readonly digests: ReadonlyMap<string, string>;
  /** Nobody removes it before this is let go, or this process has ended. */
  readonly held: Lock;
}

type Found<T> = Omit<Kept<T>, "held">;

export interface KeepOptions<T> {
  readonly cache: string;
  /** Folder of its kind in the cache. */
  readonly kind: string;
  readonly key: string;
  readonly record: z.ZodType<T>;
  /** What was made before is made again. */
  readonly fresh: boolean;
  readonly onWait: () => void;
  /** Told of a file that is not what was put there, before all of it is made again. */
  readonly onChanged: (path: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Fills an empty folder. */
  make(folder: string): Promise<Made<T>>;
}

/** Finds it, whole, or makes it; two at once make it once. */
export async function keep<T>(options: KeepOptions<T>): Promise<Kept<T>> {
  const held = await hold(join(options.cache, options.kind, options.key), options.signal);
  try {
    return { ...(await findOrMake(options)), held };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

async function findOrMake<T>(options: KeepOptions<T>): Promise<Found<T>> {
  const { cache, kind, key, record, fresh, onWait, onChanged, signal, make } = options;
  const folder = join(cache, kind, key);
  const found = fresh ? undefined : await recall(folder, record, onChanged);
  if (found !== undefined) return found;
  await using _ = await lock(makersLock(folder), onWait, signal);
  const foundNow = fresh ? undefined : await recall(folder, record, onChanged);
  if (foundNow !== undefined) return foundNow;
  const part = partOf(folder);
  await mkdir(part);
  try {
    const made = await make(part);
    const files = await Promise.all(
      made.files.map(async file => {
        const path = join(part, file.name);
        return { ...file, digest: await digestFile(path, file.extents), state: await stateOf(path) };
      }),
    );
    await store(part, { schemaVersion: 1, record: made.record, files });
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    return { folder, cached: false, record: made.record, digests: digestsOf(files) };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

const digestsOf = (files: readonly File[]) => new Map(files.map(({ name, digest }) => [name, digest]));

async function recall<T>(
  folder: string,
  schema: z.ZodType<T>,
  onChanged: (path: string) => void,
): Promise<Found<T> | undefined> {
  const found = await stored(folder);
  const record = schema.safeParse(found?.record);
  if (found === undefined || !record.success) return undefined;
  const changed = await firstChanged(folder, found);
  if (changed !== undefined) {
    await rm(join(folder, recordFile), { force: true });
    onChanged(join(folder, changed));
    return undefined;
  }
  const now = new Date();
  // The time of the last use is what pruning goes by.
  await utimes(folder, now, now).catch(() => {});
  return { folder, cached: true, record: record.data, digests: digestsOf(found.files) };
}
