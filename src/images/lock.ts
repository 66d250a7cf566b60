import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

export type Lock = AsyncDisposable;

/**
 * Whether `flock` got the lock on our open file. The lock belongs to the open file, not to the process that asked for
 * it, so it is ours until we close the file or end, however we end; and it excludes the shell's `flock` as well.
 */
async function flock(fd: number, flags: readonly string[], signal?: AbortSignal): Promise<boolean> {
  const child = spawn("flock", [...flags, "3"], { stdio: ["ignore", "ignore", "ignore", fd], signal });
  const [code] = await once(child, "exit");
  return code === 0;
}

/** Of a thing in the cache: the lock of whoever makes or removes it, and the one that its users share. */
export const makersLock = (path: string): string => `${path}.lock`;
export const usersLock = (path: string): string => `${path}.use`;

/**
 * Keeps a thing in the cache from being removed, beside others that use it, until it is let go or this process ends. To be taken before
 * the thing is looked for, or while its maker's lock is held: between the two nobody can remove it.
 */
export async function hold(path: string, signal?: AbortSignal): Promise<Lock> {
  const file = usersLock(path);
  await mkdir(dirname(file), { recursive: true });
  // A number and no FileHandle, which would be closed once nobody refers to it.
  const fd = openSync(file, "a");
  const state = { open: true };
  const close = async () => {
    if (state.open) closeSync(fd);
    state.open = false;
  };
  try {
    if (!(await flock(fd, ["-s"], signal))) throw new Error(`${file} cannot be locked`);
    return { [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For who removes a thing from the cache: undefined where somebody makes it, or uses it. */
export async function tryAlone(path: string): Promise<Lock | undefined> {
  const making = await tryLock(makersLock(path));
  if (making === undefined) return undefined;
  const used = await tryLock(usersLock(path));
  if (used === undefined) {
    await making[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await used[Symbol.asyncDispose]();
      await making[Symbol.asyncDispose]();
    },
  };
}

/** Undefined when somebody else has it. The file stays: to remove it would give its name to a second lock. */
export async function tryLock(path: string): Promise<Lock | undefined> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a");
  if (await flock(file.fd, ["-n", "-x"])) return { [Symbol.asyncDispose]: () => file.close() };
  await file.close();
  return undefined;
}

/** Waits as long as somebody else has it, having said so. */
export async function lock(path: string, onWait: () => void, signal?: AbortSignal): Promise<Lock> {
  const free = await tryLock(path);
  if (free !== undefined) return free;
  onWait();
  const file = await open(path, "a");
  try {
    if (!(await flock(file.fd, ["-x"], signal))) throw new Error(`${path} cannot be locked`);
    return { [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
