import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { oneLine } from "../reporters/text/plain.ts";

/** The lock's file in a results folder. */
export const lockFile = ".lock";

/**
 * Locks an open file. `flock` takes the lock on the description that it inherits and that we keep open, so the kernel lets go of it when
 * this process dies, however it dies. Node opens files close-on-exec: no other child holds it.
 */
function lockDescriptor(fd: number, out: string): void {
  const { status, error, stderr } = spawnSync("flock", ["-n", "-x", "3"], { stdio: ["ignore", "ignore", "pipe", fd] });
  if (status === 1) {
    const by = oneLine(readFileSync(fd, "utf8")) || "another run";
    throw new UsageError(`The results folder ${out} is in use by ${by}`, "Wait for it, or name another with --out DIR");
  }
  if (status !== 0)
    throw new UsageError(
      `The results folder ${out} cannot be locked: ${oneLine(error?.message ?? stderr.toString())}`,
      "flock(1) of util-linux must be installed, and the folder be on a local file system",
    );
}

/** Whether `path` still is the file that is open: its holder removes it when it ends. */
function isCurrent(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.ino === fstatSync(fd).ino;
}

/**
 * Takes a results folder for this run; dispose to let go. `holder` says who we are to those who come later. Throws UsageError, having
 * changed nothing, while another run has it.
 */
export function lockResults(out: string, holder: string): Disposable {
  const path = join(out, lockFile);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  for (;;) {
    const fd = openSync(path, flags, 0o644);
    try {
      lockDescriptor(fd, out);
      if (isCurrent(fd, path)) {
        ftruncateSync(fd);
        writeSync(fd, `${holder}\n`);
        return {
          [Symbol.dispose]() {
            rmSync(path, { force: true });
            closeSync(fd);
          },
        };
      }
    } catch (cause) {
      closeSync(fd);
      throw cause;
    }
    closeSync(fd);
  }
}
