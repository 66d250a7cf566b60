import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Code, reason } from "../../model/reason.ts";
import type { Arch } from "../../model/words.ts";
import { keyOf } from "../key.ts";
import { lock } from "../lock.ts";
import { Unprepared } from "../unprepared.ts";
import { type Fetch, NotHad } from "./connection.ts";
import { type DownloadOptions, download, OtherFile } from "./download.ts";
import { type Content, type KeptOptions, type KeptRelease, kept, type ReleasedFile, sha256Of } from "./kept.ts";
import { statedBy } from "./page.ts";
import type { Asset } from "./pins.ts";
import { Unfit } from "./unfit.ts";

export interface ReleaseOptions extends KeptOptions, Pick<DownloadOptions, "stallMs" | "retryAfterMs" | "onRetry"> {
  readonly fetch: Fetch;
}

/** One release of something, and what there is to say of it. */
export interface Release {
  readonly content: Content;
  readonly version: string;
  readonly page: string;
  readonly files: string;
  readonly assets: { readonly [arch in Arch]?: Asset | undefined };
  readonly unavailable: Code;
  readonly mismatch: Code;
  /** What else the user can do, as the end of a sentence. */
  readonly otherWays: string;
}

/** Each release has a folder of its own in the cache; what is kept aside stays in it. */
const folderOf = (url: string, { kind }: Content, { cache }: KeptOptions) =>
  join(cache, `${kind}-downloads`, keyOf({ url }));

/**
 * A release, of which what is used is in the cache. Rejects with `Unprepared` where it cannot be had, or is another file than the
 * one that is pinned or stated.
 */
export async function release(one: Release, arch: Arch, options: ReleaseOptions): Promise<KeptRelease> {
  const { content, version, files, unavailable, mismatch, otherWays } = one;
  const title = `${content.name} ${version}`;
  const unprepared = (code: Code, saw: string, cause?: unknown) =>
    new Unprepared("provision", reason(code, `${saw}; ${otherWays}`), { cause });
  const asset = one.assets[arch];
  if (asset === undefined) throw unprepared(unavailable, `${title} has no binaries for ${arch}`);
  const url = `${files}/${asset.name}`;
  const folder = folderOf(url, content, options);
  // By which a sweep of the cache knows that it is in use.
  const waiting = () => options.tell(`another run gets ${content.name}; waiting for it`);
  await using _ = await lock(`${folder}.lock`, waiting, options.signal);
  try {
    return await kept(content, { url, sha256: asset.sha256 }, () => fetchAsset(one, asset, folder, options), options);
  } catch (error) {
    if (error instanceof NotHad)
      throw unprepared(unavailable, `${title} could not be had from ${error.url}: ${error.message}`, error);
    if (error instanceof OtherFile)
      throw unprepared(mismatch, `${error.message}; it is kept aside as ${error.keptAt}`, error);
    if (error instanceof Unfit)
      throw unprepared(unavailable, `${title} from ${url} cannot be used: ${error.message}`, error);
    throw error;
  }
}

interface Known {
  readonly sha256: string;
  readonly size: number | undefined;
  readonly vouched: string;
}

async function known({ content, page }: Release, asset: Asset, options: ReleaseOptions): Promise<Known> {
  const { fetch, tell, signal } = options;
  const { name, sha256, size } = asset;
  if (sha256 !== undefined) return { sha256, size, vouched: `the SHA-256 of ${name} that kata-verify pins` };
  tell(`asking ${content.name}'s release page for the digest of ${name}`);
  const stated = await statedBy(fetch, page, asset, signal);
  return { ...stated, vouched: `the SHA-256 of ${name} that ${content.name}'s release page states` };
}

async function fetchAsset(one: Release, asset: Asset, folder: string, options: ReleaseOptions): Promise<ReleasedFile> {
  const { sha256, size, vouched } = await known(one, asset, options);
  await mkdir(folder, { recursive: true });
  const path = join(folder, asset.name);
  const there = await sha256Of(path).catch(() => undefined);
  if (there !== sha256)
    await download({ url: `${one.files}/${asset.name}`, name: asset.name, sha256, size, path }, options);
  return { path, sha256, vouched, discard: () => rm(path) };
}
