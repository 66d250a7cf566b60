import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import { errno, makeFolder } from "./make-folder.ts";

export interface FolderFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly contents: string;
}

/** What a folder's mark says: who wrote it, and each file of it. */
const Mark = z.object({ writtenBy: z.literal("kata-verify"), files: z.array(z.string()) });

const hint = "Name another folder with --out DIR, or move what is there away";

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter(one => !one.isDirectory()).map(one => relative(folder, join(one.parentPath, one.name)));
}

/** The files that `mark` names, and itself; undefined where it is not there or is not ours. */
async function marked(folder: string, mark: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const { files } = Mark.parse(JSON.parse(await readFile(join(folder, mark), "utf8")));
    return new Set([...files, mark]);
  } catch {
    return undefined;
  }
}

/** Why a folder is not ours to delete, in a clause; undefined where it holds nothing but what we wrote. */
async function foreign(folder: string, mark: string): Promise<string | undefined> {
  const names = await readdir(folder);
  if (names.length === 0) return undefined;
  const ours = await marked(folder, mark);
  if (ours === undefined) return `there is no ${mark} of ours`;
  const other = (await filesIn(folder)).find(path => !ours.has(path));
  return other === undefined ? undefined : `${other} is none of ours`;
}

/** Whether there is something at `out`; rejects with UsageError where that is not ours to replace. */
async function occupied(out: string, mark: string): Promise<boolean> {
  try {
    const why = await foreign(out, mark);
    if (why !== undefined) throw new UsageError(`${out} has other things in it: ${why}`, hint);
    return true;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (errno(cause) === "ENOENT") return false;
    throw new UsageError(`${out} cannot be written: ${errno(cause)}`, hint);
  }
}

/** Puts back what a run that was killed had moved aside, or deletes it where its successor is in place. */
async function mended(out: string, mark: string): Promise<void> {
  const folder = dirname(out);
  const names = await readdir(folder).catch(() => []);
  const aside = names.filter(
    name => name.startsWith(`${basename(out)}.`) && /^\.[0-9a-f]{8}\.tmp\.old$/.test(name.slice(basename(out).length)),
  );
  for (const name of aside) {
    const old = join(folder, name);
    if ((await marked(old, mark)) === undefined || (await foreign(old, mark)) !== undefined) continue;
    if (await occupied(out, mark)) await rm(old, { recursive: true, force: true });
    else await rename(old, out);
  }
}

async function exchange(folder: string, out: string, mark: string): Promise<void> {
  const old = `${folder}.old`;
  const there = await occupied(out, mark);
  if (there) await rename(out, old);
  try {
    await rename(folder, out);
  } catch (cause) {
    if (there) await rename(old, out);
    throw cause;
  }
  await rm(old, { recursive: true, force: true });
}

/**
 * Puts a folder of files in place: made beside it under a temporary name, and renamed. `mark` is one more file, which lists them. What is
 * at `out` is replaced where it is empty, or has a mark of ours and no file that the mark does not list. Where a run is killed between
 * its two renames the earlier folder is beside `out`, and the next run puts it back first. Rejects with UsageError where `out` is not
 * ours, and with what the files or the disk reject with, leaving what was there.
 */
export async function replaceFolder(typed: string, mark: string, files: AsyncIterable<FolderFile>): Promise<void> {
  const out = resolve(typed);
  await mended(out, mark);
  await occupied(out, mark);
  const folder = `${out}.${randomBytes(4).toString("hex")}.tmp`;
  const made = new Set<string>();
  const written: string[] = [];
  try {
    await makeFolder(folder);
    for await (const { path, contents } of files) {
      const parent = dirname(join(folder, path));
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      await writeFile(join(folder, path), contents, { flag: "wx" });
      written.push(path);
    }
    const said = { writtenBy: "kata-verify", files: written } satisfies z.input<typeof Mark>;
    await writeFile(join(folder, mark), `${JSON.stringify(said)}\n`, { flag: "wx" });
    await exchange(folder, out, mark);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
