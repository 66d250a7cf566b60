import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { AdditionId, Arch } from "../../model/words.ts";
import { Asset, pinned, Sources } from "../release/pins.ts";

const Pin = z.strictObject({ ...pinned, assets: z.partialRecord(Arch, Asset) });

/** The releases that are added where a distro has none: data, bumped without a change of the code. */
export const AdditionPins = z.strictObject({ additions: z.record(AdditionId, Pin), sources: Sources });
export type AdditionPins = z.infer<typeof AdditionPins>;

/** `root` is the project's folder. */
export const readAdditionPins = async (root: string): Promise<AdditionPins> =>
  AdditionPins.parse(JSON.parse(await readFile(join(root, "containerd", "pins.json"), "utf8")));
