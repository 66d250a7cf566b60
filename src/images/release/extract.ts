import { createWriteStream } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { memberPath, mustBeOfSize } from "./member.ts";
import type { TarballSurvey } from "./survey.ts";
import { readTarball, type TarballOptions } from "./tarball.ts";
import { Unfit } from "./unfit.ts";

/**
 * Unpacks members of a tarball that was surveyed into an empty folder; resolves to the files, links aside. Folders are made and links are not yet there, so that nothing is written through one.
 */
export async function extract(
  path: string,
  { listing, layout }: TarballSurvey,
  members: ReadonlySet<string>,
  into: string,
  options: TarballOptions,
): Promise<string[]> {
  const files = [...members].filter(member => listing.get(member) === null).sort();
  const left = new Set(files);
  await readTarball(path, options, async ({ header, body }) => {
    const member = memberPath(header.name, layout.folder);
    if (!left.delete(member)) return "more";
    mustBeOfSize(member, header.size);
    const place = join(into, member);
    await mkdir(dirname(place), { recursive: true });
    const mode = ((header.mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755;
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(place, { flags: "wx", mode }));
    return left.size === 0 ? "enough" : "more";
  });
  if (left.size > 0) throw new Unfit("the tarball was changed while it was read");
  for (const member of members) {
    const target = listing.get(member);
    if (typeof target !== "string") continue;
    await mkdir(dirname(join(into, member)), { recursive: true });
    await symlink(target, join(into, member));
  }
  return files;
}
