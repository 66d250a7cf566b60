import { createHash, webcrypto } from "node:crypto";
import { open } from "node:fs/promises";

/** A stretch of a file that is not a hole. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

const chunkBytes = 8 * 1024 * 1024;

function* chunks(extents: readonly Extent[]): Generator<Extent> {
  for (const { start, length } of extents) {
    for (let at = 0; at < length; at += chunkBytes)
      yield { start: start + at, length: Math.min(chunkBytes, length - at) };
  }
}

/**
 * Names the content of a file: the SHA-256 of where each chunk is and of its SHA-256. In chunks, because those are digested off
 * the main thread, which meanwhile talks to a machine. Without `extents` it is the whole file.
 */
export async function digestFile(path: string, extents?: readonly Extent[]): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const whole = createHash("sha256").update(`${size}\n`);
    const bytes = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(size, 1)));
    for (const { start, length } of chunks(extents ?? [{ start: 0, length: size }])) {
      const { bytesRead } = await file.read(bytes, 0, length, start);
      const digest = await webcrypto.subtle.digest("SHA-256", bytes.subarray(0, bytesRead));
      whole.update(`${start} ${bytesRead} ${Buffer.from(digest).toString("hex")}\n`);
    }
    return whole.digest("hex");
  } finally {
    await file.close();
  }
}
