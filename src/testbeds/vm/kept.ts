import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { lock } from "../../images/lock.ts";
import { partOf } from "../../images/scratch.ts";
import { digestFile } from "./digest.ts";

const File = z.object({
  name: z.string(),
  digest: z.string(),
  /** Where it is not a hole; absent where all of it counts. */
  extents: z.array(z.object({ start: z.int(), length: z.int() })).optional(),
});
type File = z.infer<typeof File>;

const Stored = z.object({ schemaVersion: z.literal(1), record: z.unknown(), files: z.array(File) });

export interface Made<T> {
  readonly record: T;
  readonly files: readonly Omit<File, "digest">[];
}

/** A folder of files in the cache, made once under its key. */
export interface Kept<T> {
  readonly folder: string;
  readonly cached: boolean;
  readonly record: T;
  /** By name. */
  readonly digests: ReadonlyMap<string, string>;
  /** Digests the files again, if they were made before, and rejects where one is not as it was; it is then no longer kept. */
  verify(): Promise<void>;
}

export interface KeepOptions<T> {
  readonly cache: string;
  /** Folder of its kind in the cache. */
  readonly kind: string;
  readonly key: string;
  readonly record: z.ZodType<T>;
  /** What was made before is made again. */
  readonly fresh: boolean;
  readonly onWait: () => void;
  readonly signal?: AbortSignal | undefined;
  /** Fills an empty folder. */
  make(folder: string): Promise<Made<T>>;
}

const recordFile = "record.json";

/** Finds it or makes it; two at once make it once. */
export async function keep<T>(options: KeepOptions<T>): Promise<Kept<T>> {
  const { cache, kind, key, record, fresh, onWait, signal, make } = options;
  const folder = join(cache, kind, key);
  const found = fresh ? undefined : await recall(folder, record);
  if (found !== undefined) return found;
  await mkdir(join(cache, kind), { recursive: true });
  await using _ = await lock(`${folder}.lock`, onWait, signal);
  const foundNow = fresh ? undefined : await recall(folder, record);
  if (foundNow !== undefined) return foundNow;
  const part = partOf(folder);
  await mkdir(part);
  try {
    const made = await make(part);
    const files = await Promise.all(
      made.files.map(async file => ({ ...file, digest: await digestFile(join(part, file.name), file.extents) })),
    );
    const stored: z.infer<typeof Stored> = { schemaVersion: 1, record: made.record, files };
    await writeFile(join(part, recordFile), JSON.stringify(stored));
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    return { folder, cached: false, record: made.record, digests: digestsOf(files), verify: async () => {} };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

const digestsOf = (files: readonly File[]) => new Map(files.map(({ name, digest }) => [name, digest]));

async function recall<T>(folder: string, schema: z.ZodType<T>): Promise<Kept<T> | undefined> {
  try {
    const { record, files } = Stored.parse(JSON.parse(await readFile(join(folder, recordFile), "utf8")));
    const parsed = schema.parse(record);
    const now = new Date();
    // The time of the last use is what pruning goes by.
    await utimes(folder, now, now);
    return { folder, cached: true, record: parsed, digests: digestsOf(files), verify: () => verify(folder, files) };
  } catch {
    return undefined;
  }
}

async function verify(folder: string, files: readonly File[]): Promise<void> {
  const changed = await Promise.all(
    files.map(async ({ name, digest, extents }) => {
      const now = await digestFile(join(folder, name), extents).catch(() => "");
      return now === digest ? [] : [name];
    }),
  );
  const names = changed.flat();
  if (names.length === 0) return;
  await rm(join(folder, recordFile), { force: true });
  throw new Error(`${join(folder, names[0] ?? "")} is not what was put there; it will be made again`);
}
