import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { type Kept, keep } from "../../testbeds/vm/kept.ts";
import { keyOf } from "../key.ts";
import { extract } from "./extract.ts";
import { surveyTarball } from "./survey.ts";
import type { TarballOptions } from "./tarball.ts";
import { everUsed } from "./used.ts";

export interface UnpackedOptions extends TarballOptions {
  /** The cache's folder. */
  readonly cache: string;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
}

/** What vouches for a tarball, with its digest. */
const Vouched = z.object({ sha256: z.string(), vouched: z.string() });
export type Vouched = z.infer<typeof Vouched>;

export interface Tarball extends Vouched {
  readonly path: string;
  /** Called when it was unpacked. */
  readonly discard: () => Promise<void>;
}

/** A release of which what is ever used is in a folder of the cache. */
export interface Unpacked extends Vouched {
  /** Laid out as `/opt/kata`. */
  readonly folder: string;
}

/** Changes with every change of what is taken of a release. */
const recipe = 1;

/** 64 hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function unpack(path: string, into: string, options: UnpackedOptions): Promise<string[]> {
  options.tell("looking through Kata's tarball");
  const survey = await surveyTarball(path, options);
  const members = await everUsed(survey);
  options.tell("unpacking what is used of Kata");
  return extract(path, survey, members, into, options);
}

/**
 * Finds what is used of a tarball in the cache, or unpacks it there: `of` names the tarball, which `get` gets where that was not done
 * before. Rejects with `NotKata`, as `get` does, or as the engine and the disk do.
 */
export async function unpacked(
  of: { readonly [name: string]: string | undefined },
  get: () => Promise<Tarball>,
  options: UnpackedOptions,
): Promise<Unpacked> {
  const { cache, tell, signal } = options;
  const whole: Kept<Vouched> = await keep({
    cache,
    kind: "kata",
    key: keyOf({ recipe, ...of }),
    record: Vouched,
    // It is named by what is in it: what is made anew would be the same.
    fresh: false,
    onWait: () => tell("another run gets Kata; waiting for it"),
    onChanged: path => tell(`${path} is not what was put there; Kata is unpacked again`),
    signal,
    make: async folder => {
      const { path, sha256, vouched, discard } = await get();
      const files = await unpack(path, join(folder, "kata"), options);
      await discard();
      return { record: { sha256, vouched }, files: files.map(name => ({ name: join("kata", name) })) };
    },
  });
  return { ...whole.record, folder: join(whole.folder, "kata") };
}
