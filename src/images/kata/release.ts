import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Code, reason } from "../../model/reason.ts";
import type { Arch, KataRuntime } from "../../model/words.ts";
import { keyOf } from "../key.ts";
import { lock } from "../lock.ts";
import { Unprepared } from "../unprepared.ts";
import { type Fetch, NotHad } from "./connection.ts";
import { type DownloadOptions, download, OtherFile } from "./download.ts";
import { NotKata } from "./not-kata.ts";
import type { KataAsset, KataPins } from "./pins.ts";
import { statedBy } from "./release-page.ts";
import { sha256Of, type Tarball, type Unpacked, type UnpackedOptions, unpacked } from "./unpacked.ts";

export interface ReleaseOptions extends UnpackedOptions, Pick<DownloadOptions, "stallMs" | "retryAfterMs" | "onRetry"> {
  readonly pins: KataPins;
  readonly fetch: Fetch;
}

/** Each release has a folder of its own in here; what is kept aside stays in it. */
const kind = "kata-downloads";

const folderOf = (url: string, { cache }: ReleaseOptions) => join(cache, kind, keyOf({ url }));

const otherWays =
  "other ways: --kata PATH, with an unpacked /opt/kata or a tarball of it, or --kata distro, where the distro packages Kata itself";

const unprepared = (code: Code, saw: string, cause: unknown) =>
  new Unprepared("provision", reason(code, `${saw}; ${otherWays}`), { cause });

/**
 * The pinned release, of which what is used is unpacked in the cache. Rejects with `Unprepared` where it cannot be had, or is another
 * file than the one that is pinned or stated.
 */
export async function release(runtime: KataRuntime, arch: Arch, options: ReleaseOptions): Promise<Unpacked> {
  const { pins } = options;
  const asset = pins.assets[runtime][arch];
  const title = `Kata ${pins.version}`;
  if (asset === undefined) throw unprepared("kata.unavailable", `${title} has no binaries for ${arch}`, undefined);
  const url = `${pins.files}/${asset.name}`;
  // By which a sweep of the cache knows that it is in use.
  const waiting = () => options.tell("another run gets Kata; waiting for it");
  await using _ = await lock(`${folderOf(url, options)}.lock`, waiting, options.signal);
  try {
    return await unpacked({ url, sha256: asset.sha256 }, () => fetchAsset(url, asset, options), options);
  } catch (error) {
    if (error instanceof NotHad)
      throw unprepared("kata.unavailable", `${title} could not be had from ${error.url}: ${error.message}`, error);
    if (error instanceof OtherFile)
      throw unprepared("kata.digest-mismatch", `${error.message}; it is kept aside as ${error.keptAt}`, error);
    if (error instanceof NotKata)
      throw unprepared("kata.unavailable", `${title} from ${url} cannot be used: ${error.message}`, error);
    throw error;
  }
}

interface Known {
  readonly sha256: string;
  readonly size: number | undefined;
  readonly vouched: string;
}

async function known(asset: KataAsset, { pins, fetch, tell, signal }: ReleaseOptions): Promise<Known> {
  const { name, sha256, size } = asset;
  if (sha256 !== undefined) return { sha256, size, vouched: `the SHA-256 of ${name} that kata-verify pins` };
  tell(`asking Kata's release page for the digest of ${name}`);
  const stated = await statedBy(fetch, pins.page, asset, signal);
  return { ...stated, vouched: `the SHA-256 of ${name} that Kata's release page states` };
}

async function fetchAsset(url: string, asset: KataAsset, options: ReleaseOptions): Promise<Tarball> {
  const { sha256, size, vouched } = await known(asset, options);
  const folder = folderOf(url, options);
  await mkdir(folder, { recursive: true });
  const path = join(folder, asset.name);
  const there = await sha256Of(path).catch(() => undefined);
  if (there !== sha256) await download({ url, name: asset.name, sha256, size, path }, options);
  return { path, sha256, vouched, discard: () => rm(path) };
}
