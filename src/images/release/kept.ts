import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { type Kept, keep } from "../../testbeds/vm/kept.ts";
import { keyOf } from "../key.ts";
import type { TarballOptions } from "./tarball.ts";

export interface KeptOptions extends TarballOptions {
  /** The cache's folder. */
  readonly cache: string;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
}

/** What is taken of a file that somebody released. */
export interface Content {
  /** For people: `Kata`. */
  readonly name: string;
  /** Folder of the cache. */
  readonly kind: "kata" | "containerd";
  /** Changes with every change of what is taken. */
  readonly recipe: number;
  /** Takes it into a folder, which is not yet there; resolves to the files' names. Rejects with `Unfit`. */
  readonly take: (path: string, into: string, options: KeptOptions) => Promise<readonly string[]>;
}

/** What vouches for a file, with its digest. */
const Vouched = z.object({ sha256: z.string(), vouched: z.string() });
export type Vouched = z.infer<typeof Vouched>;

export interface ReleasedFile extends Vouched {
  readonly path: string;
  /** Called when everything was taken. */
  readonly discard: () => Promise<void>;
}

/** A release of which what is ever used is in a folder of the cache. */
export interface KeptRelease extends Vouched {
  readonly folder: string;
}

/** 64 hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Finds what is used of a released file in the cache, or takes it there: `of` names the file, which `get` gets where that was not done
 * before. Rejects with `Unfit`, as `get` does, or as the engine and the disk do.
 */
export async function kept(
  { name, kind, recipe, take }: Content,
  of: { readonly [name: string]: string | undefined },
  get: () => Promise<ReleasedFile>,
  options: KeptOptions,
): Promise<KeptRelease> {
  const { cache, tell, signal } = options;
  const whole: Kept<Vouched> = await keep({
    cache,
    kind,
    key: keyOf({ recipe, ...of }),
    record: Vouched,
    // It is named by what is in it: what is made anew would be the same.
    fresh: false,
    onWait: () => tell(`another run gets ${name}; waiting for it`),
    onChanged: path => tell(`${path} is not what was put there; ${name} is unpacked again`),
    signal,
    make: async folder => {
      const { path, sha256, vouched, discard } = await get();
      const files = await take(path, join(folder, kind), options);
      await discard();
      return { record: { sha256, vouched }, files: files.map(file => ({ name: join(kind, file) })) };
    },
  });
  return { ...whole.record, folder: join(whole.folder, kind) };
}
