import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { partOf, sweepScratch } from "../images/scratch.ts";
import { UsageError } from "../model/failure.ts";
import { errno, makeFolder } from "./make-folder.ts";

const noRoom = new Set(["ENOSPC", "EDQUOT"]);

/** A disk that is full still takes an empty file. */
const something = new Uint8Array(4096);

/**
 * Makes a folder and proves that it takes a file; removes what runs left there that were killed while they did. Rejects with UsageError that calls it the `what` folder, and where the disk
 * is full, which is nobody's mistake, with its errno.
 */
export async function ensureWritable(what: string, folder: string, hint: string): Promise<void> {
  const probe = partOf(join(folder, ".probe"));
  try {
    await makeFolder(folder);
    await sweepScratch(folder);
    const file = await open(probe, "wx");
    await file.writeFile(something).finally(() => file.close());
  } catch (cause) {
    if (noRoom.has(errno(cause))) throw cause;
    throw new UsageError(`The ${what} folder ${folder} cannot be written: ${errno(cause)}`, hint);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}
