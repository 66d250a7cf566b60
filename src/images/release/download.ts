import { rename } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Dropped, type Fetch, NotHad, receive, type Wanted } from "./connection.ts";
import { forgetPart, openPart, type Part } from "./part.ts";

export interface DownloadOptions {
  readonly fetch: Fetch;
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Told of each further connection. */
  readonly onRetry?: () => void;
  /** Milliseconds without a byte after which a connection counts as dropped. */
  readonly stallMs?: number;
  /** Milliseconds before each further connection that follows one without progress. */
  readonly retryAfterMs?: readonly number[];
}

/** Another file came than the one that was asked for; it is kept, under a name under which nothing looks for it. */
export class OtherFile extends Error {
  override readonly name = "OtherFile";
  readonly keptAt: string;
  constructor(message: string, keptAt: string) {
    super(message);
    this.keptAt = keptAt;
  }
}

const mib = 2 ** 20;
/** Less than this between two drops is no progress. */
const progressBytes = mib;
const tellEveryMs = 1000;

const mibOf = (bytes: number) => Math.floor(bytes / mib);

/** Says how far it is, once a second. */
function telling(name: string, tell: (message: string) => void) {
  const told = { at: 0 };
  return (bytes: number, total: number | undefined) => {
    if (Date.now() - told.at < tellEveryMs) return;
    told.at = Date.now();
    tell(`downloading ${name}: ${mibOf(bytes)}${total === undefined ? "" : ` of ${mibOf(total)}`} MiB`);
  };
}

/**
 * Downloads a file, going on where a connection dropped, also one of an earlier run. Rejects with `NotHad`, with `OtherFile`
 * where size or digest are not as stated, as the disk does, or with the signal's reason.
 */
export async function download(wanted: Wanted, options: DownloadOptions): Promise<void> {
  const { fetch, tell, signal, stallMs = 30_000, retryAfterMs = [1_000, 3_000, 10_000, 30_000] } = options;
  const onBytes = telling(wanted.name, tell);
  await using part = await openPart(`${wanted.path}.part`);
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    const before = part.bytes();
    const end = await receive(wanted, part, { fetch, stallMs, signal, onBytes }).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (error instanceof Dropped) return error;
      throw error;
    });
    // Waited for before the part is closed: a rejection that nobody waits for yet ends the process.
    if (!(end instanceof Dropped)) return await accept(wanted, part);
    failures = part.bytes() - before >= progressBytes ? 0 : failures + 1;
    const wait = failures === 0 ? 0 : retryAfterMs[failures - 1];
    if (wait === undefined) throw new NotHad(wanted.url, end.message);
    options.onRetry?.();
    tell(`${wanted.name}: ${end.message}; going on from ${mibOf(part.bytes())} MiB`);
    await sleep(wait, undefined, signal ? { signal } : {});
  }
}

async function accept({ name, path, sha256, size }: Wanted, part: Part): Promise<void> {
  const found = part.digest();
  const rightSize = size === undefined || size === part.bytes();
  if (rightSize && found === sha256) {
    await rename(part.path, path);
    return forgetPart(part.path);
  }
  const aside = `${path}.refused-${found.slice(0, 12)}`;
  await rename(part.path, aside);
  await forgetPart(part.path);
  const more = part.bytes() > (size ?? 0) ? "more" : "fewer";
  throw new OtherFile(
    rightSize ? `${name} has the SHA-256 ${found}, not ${sha256}` : `${name} has ${more} bytes than the ${size} stated`,
    aside,
  );
}
