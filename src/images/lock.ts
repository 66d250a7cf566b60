import { spawn } from "node:child_process";
import { once } from "node:events";
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
