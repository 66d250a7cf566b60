import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDead, ownName } from "../testbeds/engine/owner.ts";

export interface Scratch extends AsyncDisposable {
  readonly path: string;
  /**
   * Renames it, in its parent, to what no sweep takes, with a suffix where that is taken; resolves to the path. It is still
   * gone with the scope.
   */
  rename(name: string): Promise<string>;
}

const isTaken = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");

const prefix = "kata-verify-";

/** Whose it is, as a part of a name. */
const owner = () => ownName().replaceAll(":", "-");

/** A folder of this process's own, gone with the scope. Others may enter: apt reads as another user. */
export async function openScratch(parent = tmpdir()): Promise<Scratch> {
  const path = await mkdtemp(join(parent, `${prefix}${owner()}-`));
  await chmod(path, 0o755);
  const state = { path };
  const move = async (to: string) => {
    await rename(state.path, to);
    state.path = to;
    return to;
  };
  return {
    path,
    rename: name =>
      move(join(parent, name)).catch(error => {
        if (isTaken(error)) return move(join(parent, `${name}-${randomBytes(2).toString("hex")}`));
        throw error;
      }),
    [Symbol.asyncDispose]: () => rm(state.path, { recursive: true, force: true }),
  };
}

/** Where to make what is then renamed to `path`: nobody sees half of it, and a sweep knows whose it was. */
export const partOf = (path: string): string => `${path}.part-${owner()}-${randomBytes(4).toString("hex")}`;

const ours = /(?:^kata-verify|\.part)-(?<pid>\d+)-(?<started>\d+)-(?<place>[0-9a-f]+)-\w+$/;

/** Whether a name is that of something of a process of ours that has ended. */
export function isLeft(name: string): boolean {
  const found = ours.exec(name)?.groups;
  return found !== undefined && isDead(`${found["pid"]}:${found["started"]}:${found["place"]}`);
}

/** Removes what processes left in a folder that were killed, and in those `depth` levels below it; says how many. */
export async function sweepScratch(parent = tmpdir(), depth = 0): Promise<number> {
  let swept = 0;
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    const path = join(parent, entry.name);
    if (isLeft(entry.name)) {
      // What another user left is for that user to remove.
      const removed = rm(path, { recursive: true, force: true });
      swept += await removed.then(
        () => 1,
        () => 0,
      );
    } else if (entry.isDirectory() && depth > 0) swept += await sweepScratch(path, depth - 1);
  }
  return swept;
}

/** The same in a cache: in its folders for each kind, and in those of each key, whose records are written again there. */
export const sweepCache = (cache: string): Promise<number> => sweepScratch(cache, 2);
