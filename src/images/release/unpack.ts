import { extract } from "./extract.ts";
import type { KeptOptions } from "./kept.ts";
import { type Layout, type Survey, surveyTarball } from "./survey.ts";

export interface Packed extends Layout {
  /** For people: `Kata`. */
  readonly name: string;
  /** Members that are taken. Rejects with `Unfit` where what is wanted is not there. */
  readonly used: (survey: Survey) => Promise<ReadonlySet<string>>;
}

/** Takes what is used of a tarball into a folder; resolves to the files' names. Rejects with `Unfit`, or as the engine and the disk do. */
export async function unpack(packed: Packed, path: string, into: string, options: KeptOptions): Promise<string[]> {
  options.tell(`looking through ${packed.name}'s tarball`);
  const survey = await surveyTarball(path, packed, options);
  const members = await packed.used(survey);
  options.tell(`unpacking what is used of ${packed.name}`);
  return extract(path, survey, members, into, options);
}
