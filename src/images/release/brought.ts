import { createHash } from "node:crypto";
import { join } from "node:path";
import type { KataFile } from "../../observe/kata/tree.ts";
import { mustBeOfSize } from "./member.ts";
import { openPlain } from "./survey.ts";

/** A file in a folder, to be put at a place on the testbed. */
export async function broughtFile(folder: string, member: string, place: string): Promise<KataFile> {
  const path = join(folder, member);
  await using file = await openPlain(path);
  const { size, mode } = await file.stat();
  mustBeOfSize(member, size);
  return {
    path: place,
    mode: (mode & 0o111) === 0 ? 0o644 : 0o755,
    size,
    read: async () => {
      await using again = await openPlain(path);
      return await again.readFile();
    },
  };
}

/** 64 hexadecimal digits, of a plain file in a folder. */
export async function sha256In(folder: string, member: string): Promise<string> {
  const hash = createHash("sha256");
  await using file = await openPlain(join(folder, member));
  for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
  return hash.digest("hex");
}
