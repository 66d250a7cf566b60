import { onTestFinished } from "vitest";
import { root } from "./clean-engine.ts";
import { temporaryFolder } from "./clean-run.ts";

/** A disk of a few KiB, gone after the test. */
export async function smallDisk(kib: number, more = "rw"): Promise<string> {
  const path = await temporaryFolder();
  await root([
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `size=${kib}k,mode=755,uid=${process.getuid?.() ?? 0},${more}`,
    "none",
    path,
  ]);
  onTestFinished(() => root(["umount", "--lazy", path]));
  return path;
}
