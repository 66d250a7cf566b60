import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { tryAlone } from "../../images/lock.ts";

/** Folders of the cache with one folder or file for each key. */
export const madeKinds = [
  "disks",
  "snapshots",
  "initramfs",
  "tools",
  "kata",
  "kata-downloads",
  "containerd",
  "containerd-downloads",
] as const;

export interface MadeRow {
  readonly kind: (typeof madeKinds)[number];
  readonly key: string;
  /** Bytes on the disk: what is a hole in a file counts nothing. */
  readonly sizeBytes: number;
  readonly usedAt: string;
}

const blockBytes = 512;

/** What is gone meanwhile has none. */
async function bytesIn(path: string): Promise<number> {
  const own = await stat(path).catch(() => undefined);
  if (!own?.isDirectory()) return (own?.blocks ?? 0) * blockBytes;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map(name => bytesIn(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, own.blocks * blockBytes);
}

async function rowsOf(cache: string, kind: MadeRow["kind"]): Promise<MadeRow[]> {
  const names = await readdir(join(cache, kind)).catch(() => []);
  const keys = names.filter(name => /^[0-9a-f]{64}$/.test(name));
  const rows = await Promise.all(
    keys.map(async (key): Promise<MadeRow[]> => {
      const path = join(cache, kind, key);
      const used = await stat(path).catch(() => undefined);
      return used === undefined
        ? []
        : [{ kind, key, sizeBytes: await bytesIn(path), usedAt: used.mtime.toISOString() }];
    }),
  );
  return rows.flat();
}

/** What VM testbeds were made of, most recently used first. */
export async function listMade(cache: string): Promise<MadeRow[]> {
  const rows = (await Promise.all(madeKinds.map(kind => rowsOf(cache, kind)))).flat();
  return rows.sort((a, b) => (a.usedAt > b.usedAt ? -1 : Number(a.usedAt < b.usedAt)));
}

/** Removes it unless it is being made or used. Resolves to whether it is gone. The files of its locks stay: others may wait for them. */
export async function removeMade(cache: string, { kind, key }: MadeRow): Promise<boolean> {
  const folder = join(cache, kind, key);
  await using held = await tryAlone(folder);
  if (held === undefined) return false;
  await rm(folder, { recursive: true, force: true });
  return true;
}
