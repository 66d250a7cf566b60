import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Arch, KataRuntime } from "../../model/words.ts";
import { Asset, pinned, Sources } from "../release/pins.ts";

/** The release of Kata's that is meant by `--kata release`: data, bumped without a change of the code. */
export const KataPins = z.strictObject({
  ...pinned,
  assets: z.record(KataRuntime, z.partialRecord(Arch, Asset)),
  sources: Sources,
});
export type KataPins = z.infer<typeof KataPins>;

/** `root` is the project's folder. */
export const readPins = async (root: string): Promise<KataPins> =>
  KataPins.parse(JSON.parse(await readFile(join(root, "kata", "pins.json"), "utf8")));
