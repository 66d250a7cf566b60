import * as z from "zod";
import { type Fetch, NotHad } from "./connection.ts";
import type { Asset } from "./pins.ts";

const Page = z.looseObject({
  assets: z.array(z.looseObject({ name: z.string(), size: z.int().optional(), digest: z.string().nullish() })),
});

export interface Stated {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly size: number | undefined;
}

const timeoutMs = 30_000;

async function read(fetch: Fetch, url: string, signal: AbortSignal | undefined): Promise<unknown> {
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  try {
    const answer = await fetch(url, { headers: { Accept: "application/vnd.github+json" }, signal: stop });
    if (answer.status !== 200) throw new NotHad(url, `HTTP ${answer.status}`);
    return JSON.parse(await answer.text());
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NotHad) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new NotHad(url, cause instanceof Error ? cause.message : String(cause));
  }
}

/** What the release's page states about an asset. Rejects with `NotHad`, also where it states no digest. */
export async function statedBy(fetch: Fetch, url: string, { name }: Asset, signal?: AbortSignal): Promise<Stated> {
  const page = Page.safeParse(await read(fetch, url, signal));
  if (!page.success) throw new NotHad(url, "the answer is not that of a release's page");
  const asset = page.data.assets.find(one => one.name === name);
  if (asset === undefined) throw new NotHad(url, `the release has no ${name}`);
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? "")?.[1];
  if (sha256 === undefined)
    throw new NotHad(url, `no digest of ${name} is stated, nor pinned here: what would come could be anything`);
  return { sha256, size: asset.size };
}
