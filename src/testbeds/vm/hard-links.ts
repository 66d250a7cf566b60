import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createTarDecoder } from "modern-tar";
import { TestbedGone } from "../../model/testbed.ts";

/** A second name of a file, both as paths below the root without a leading slash. */
export interface HardLink {
  readonly path: string;
  readonly target: string;
}

const plain = (path: string) => path.replace(/^(?:\.?\/)+/, "");

/** Reads a tar to its end; the entries that are a second name of one before. Rejects where it is cut off or damaged. */
export async function hardLinks(tar: Readable): Promise<HardLink[]> {
  const found: HardLink[] = [];
  const bytes = Readable.toWeb(tar) as ReadableStream<Uint8Array>;
  for await (const { header, body } of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
    if (header.type === "link" && header.linkname !== undefined)
      found.push({ path: plain(header.name), target: plain(header.linkname) });
    await body.cancel();
  }
  return found;
}

function quoted(path: string): string {
  if (/["\\\n\r]/.test(path))
    throw new TestbedGone(
      `a hard link with a name that debugfs cannot be given: ${JSON.stringify(path)}`,
      "infra.testbed-no-boot",
    );
  return `"/${path}"`;
}

/**
 * What debugfs does to a disk of the same tar: mke2fs makes each further name an empty file of its own (seen with e2fsprogs
 * 1.47.2, which reads tars since 1.47.1). debugfs leaves the count of names to its caller.
 */
export function linkScript(links: readonly HardLink[]): string {
  const counts = new Map<string, number>();
  const lines = links.flatMap(({ path, target }) => {
    counts.set(target, (counts.get(target) ?? 1) + 1);
    return [`rm ${quoted(path)}`, `ln ${quoted(target)} ${quoted(path)}`];
  });
  return [...lines, ...[...counts].map(([path, count]) => `sif ${quoted(path)} links_count ${count}`), ""].join("\n");
}
