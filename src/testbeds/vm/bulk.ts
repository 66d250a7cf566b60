import { open } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { bulkBytes } from "./machine.ts";

/** A stretch of the disk through which a file goes in or out. */
export interface Stretch {
  /** Bytes from the beginning of the disk. */
  readonly offset: number;
  read(length: number): Promise<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
}

/** The runner's side of the testbed's second disk. */
export interface Bulk extends AsyncDisposable {
  /** Waits for a stretch that nobody uses. */
  use<T>(work: (stretch: Stretch) => Promise<T>): Promise<T>;
}

/** Where the testbed sees it; the order of the disks is that of the machine's devices. */
export const bulkDevice = "/dev/vdb";

/** Bytes that one file may have. */
export const stretchBytes = 1024 ** 3;

export async function createBulk(folder: string): Promise<Bulk> {
  const file = await open(join(folder, "bulk"), "w+");
  await file.truncate(bulkBytes);
  const count = bulkBytes / stretchBytes;
  const free = Array.from({ length: count }, (_, at) => at * stretchBytes);
  const limit = pLimit(count);
  const stretch = (offset: number): Stretch => ({
    offset,
    read: async length => {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
        if (bytesRead === 0) throw new Error("the testbed's second disk ended early");
        at += bytesRead;
      }
      return bytes;
    },
    write: async bytes => {
      for (let at = 0; at < bytes.length; )
        at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
    },
  });
  return {
    use: work =>
      limit(async () => {
        const offset = free.pop() ?? 0;
        try {
          return await work(stretch(offset));
        } finally {
          free.push(offset);
        }
      }),
    [Symbol.asyncDispose]: () => file.close(),
  };
}
