import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { UsageError } from "../model/failure.ts";

/** Bytes that a results file may have; a real journal has a few MiB. */
export const fileMax = 128 * 1024 * 1024;

/**
 * Bytes of a regular file, or undefined where there is none. Links are not followed and pipes not waited for: results come from
 * strangers. Rejects with UsageError for anything else than a file of at most `max` bytes.
 */
export async function readBytesSafely(path: string, max = fileMax): Promise<Buffer | undefined> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new UsageError(`${path} is not a regular file`, "Results hold plain files only");
      if (stat.size > max)
        throw new UsageError(`${path} has ${stat.size} bytes, more than ${max}`, "No run writes a file of that size");
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw new UsageError(`${path} is a link`, "Links in results are not followed");
    if (typeof code === "string") throw new UsageError(`${path} cannot be read: ${code}`, "Check its permissions");
    throw cause;
  }
}

/** The same as text, invalid UTF-8 replaced. Rejects as `readBytesSafely` does. */
export const readFileSafely = async (path: string, max = fileMax): Promise<string | undefined> =>
  (await readBytesSafely(path, max))?.toString("utf8");
