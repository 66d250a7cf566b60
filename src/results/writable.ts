import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { errno, makeFolder } from "./make-folder.ts";

/** Makes the results folder and proves that it takes a file. Rejects with UsageError. */
export async function ensureWritable(out: string): Promise<void> {
  const probe = join(out, `.probe-${process.pid}.tmp`);
  try {
    await makeFolder(out);
    const file = await open(probe, "wx");
    await file.close();
  } catch (cause) {
    throw new UsageError(
      `The results folder ${out} cannot be written: ${errno(cause)}`,
      "Name another one with --out DIR",
    );
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}
