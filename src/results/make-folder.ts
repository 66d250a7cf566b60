import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** `ENOENT` and the like; the text of the cause where it has none. */
export const errno = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);

/**
 * Makes a folder and those above it. Node 20's own recursive mkdir never comes back from a folder that is there and yet takes none, such
 * as /proc, and says ENOENT of a full disk. Rejects with the errno of the disk.
 */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(resolve(path));
  try {
    await mkdir(path);
  } catch (cause) {
    if (errno(cause) === "EEXIST") return;
    if (errno(cause) !== "ENOENT" || above === resolve(path)) throw cause;
    await makeFolder(above);
    await mkdir(path).catch((again: unknown) => {
      if (errno(again) !== "EEXIST") throw again;
    });
  }
}
