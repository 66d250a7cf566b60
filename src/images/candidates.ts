import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

/** A package file that the user wants on top of what the distro ships. */
export interface Candidate {
  readonly file: string;
  readonly contents: Uint8Array;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Each file once, however often and from wherever it is named. Rejects as `readFile` does. */
export async function readCandidates(paths: readonly string[]): Promise<Candidate[]> {
  const all = await Promise.all(
    paths.map(async path => {
      const contents = await readFile(path);
      return { file: basename(path), contents, sha256: createHash("sha256").update(contents).digest("hex") };
    }),
  );
  return all.filter((one, at) => all.findIndex(({ sha256 }) => sha256 === one.sha256) === at);
}
