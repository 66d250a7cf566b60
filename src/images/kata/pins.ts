import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Arch, KataRuntime } from "../../model/words.ts";

const Asset = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a file name"),
  /** Absent where it is not known: never invented. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
    .optional(),
  /** Bytes. */
  size: z.int().positive().optional(),
});

/** The release of Kata's that is meant by `--kata release`: data, bumped without a change of the code. */
export const KataPins = z.strictObject({
  version: z.string(),
  /** The release as its page's API describes it, with the digests that the page states. */
  page: z.url(),
  /** Where its assets are, without the slash before their names. */
  files: z.url(),
  assets: z.record(KataRuntime, z.partialRecord(Arch, Asset)),
  sources: z.array(z.strictObject({ fact: z.string(), from: z.string() })),
});
export type KataPins = z.infer<typeof KataPins>;
export type KataAsset = z.infer<typeof Asset>;

/** `root` is the project's folder. */
export const readPins = async (root: string): Promise<KataPins> =>
  KataPins.parse(JSON.parse(await readFile(join(root, "kata", "pins.json"), "utf8")));
