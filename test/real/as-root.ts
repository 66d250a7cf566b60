import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { onTestFinished } from "vitest";

/** The argument vector for what only root may do; runners in CI need no password for it. */
export const asRoot = (argv: readonly [string, ...string[]]): readonly [string, ...string[]] =>
  process.getuid?.() === 0 ? argv : ["sudo", "-n", ...argv];

/** Runs it; rejects with what it said where it fails. */
export async function rootDoes(argv: readonly [string, ...string[]]): Promise<void> {
  const [program, ...rest] = asRoot(argv);
  await execa(program, rest);
}

/** A disk of so many KiB in memory, of this user's, gone after the test. `more` are options of mount. */
export async function smallDisk(kib: number, more = "rw"): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kv-disk-"));
  await chmod(path, 0o755);
  const owner = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0}`;
  await rootDoes(["mount", "-t", "tmpfs", "-o", `size=${kib}k,mode=755,${owner},${more}`, "kv-small", path]);
  onTestFinished(async () => {
    await rootDoes(["umount", "--lazy", path]);
    await rootDoes(["rmdir", path]);
  });
  return path;
}
