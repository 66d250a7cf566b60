import { open } from "node:fs/promises";
import { Unfit } from "./unfit.ts";

export type Compression = "zstd" | "xz" | "gzip" | "none";

const magics: readonly (readonly [Compression, offset: number, RegExp])[] = [
  ["zstd", 0, /^\x28\xb5\x2f\xfd/],
  ["xz", 0, /^\xfd7zXZ\0/],
  ["gzip", 0, /^\x1f\x8b/],
  ["none", 257, /^ustar/],
];

/** By the first bytes of the file: a name promises nothing. Rejects with `Unfit` where they are those of no tarball. */
export async function compressionOf(path: string): Promise<Compression> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
  const head = buffer.toString("latin1", 0, bytesRead);
  const found = magics.find(([, offset, magic]) => magic.test(head.slice(offset)));
  if (found === undefined) throw new Unfit(bytesRead === 0 ? "the file is empty" : "the file is no tarball");
  return found[0];
}
