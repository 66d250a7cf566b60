import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Brought } from "../model/evidence.ts";
import type { Testbed } from "../model/testbed.ts";
import type { UserPart } from "../requirements/built.ts";

/** A part that the user built, in a file of this machine. */
export interface UserFile {
  readonly part: UserPart;
  readonly file: string;
}

export interface ReadFile {
  readonly fact: Brought;
  readonly contents: Uint8Array;
}

/** Where no distro's package puts anything. */
const places: Readonly<Record<UserPart, string>> = { virtiofsd: "/usr/local/libexec/virtiofsd" };

/** Rejects as `readFile` does. */
export const readBrought = (files: readonly UserFile[]): Promise<ReadFile[]> =>
  Promise.all(
    files.map(async ({ part, file }) => {
      const contents = await readFile(file);
      const sha256 = createHash("sha256").update(contents).digest("hex");
      return { fact: { part, path: places[part], sha256 }, contents };
    }),
  );

/** Rejects with `TestbedGone`. */
export async function placeBrought(testbed: Testbed, files: readonly ReadFile[]): Promise<void> {
  for (const { fact, contents } of files) await testbed.write(fact.path, contents, 0o755);
}
