import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { partOf } from "../../images/scratch.ts";
import { digestFile } from "./digest.ts";

const File = z.object({
  name: z.string(),
  digest: z.string(),
  /** Where it is not a hole; absent where all of it counts. */
  extents: z.array(z.object({ start: z.int(), length: z.int() })).optional(),
  /** What the file system knew of it when it was digested. */
  state: z.string(),
});
export type File = z.infer<typeof File>;

const Stored = z.object({ schemaVersion: z.literal(1), record: z.unknown(), files: z.array(File) });
export type Stored = z.infer<typeof Stored>;

export const recordFile = "record.json";

/** What the files of a folder are, beside them. */
export async function store(folder: string, stored: Stored): Promise<void> {
  const path = join(folder, recordFile);
  const part = partOf(path);
  await writeFile(part, JSON.stringify(stored));
  await rename(part, path);
}

/** Nobody changes a file without changing its ctime, which the kernel alone sets. */
export async function stateOf(path: string): Promise<string> {
  const { ino, size, blocks, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, blocks, ctimeNs].join(" ");
}

/** Undefined for a folder that has none, or none that can be read. */
export async function stored(folder: string): Promise<Stored | undefined> {
  try {
    return Stored.parse(JSON.parse(await readFile(join(folder, recordFile), "utf8")));
  } catch {
    return undefined;
  }
}

/** The name of a file that is not as it was made. Gigabytes are digested again only where the file system says that they may differ. */
export async function firstChanged(folder: string, found: Stored): Promise<string | undefined> {
  const seen = await Promise.all(
    found.files.map(async file => {
      const path = join(folder, file.name);
      const state = await stateOf(path).catch(() => "");
      if (state === file.state) return file;
      const digest = await digestFile(path, file.extents).catch(() => "");
      return { ...file, digest, state };
    }),
  );
  const changed = seen.find(({ digest }, at) => digest !== found.files[at]?.digest);
  if (changed !== undefined) return changed.name;
  // Only to spare the next one the same work.
  if (seen.some((file, at) => file !== found.files[at])) await store(folder, { ...found, files: seen }).catch(() => {});
  return undefined;
}
