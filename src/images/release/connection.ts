import type { Part } from "./part.ts";

/** What is used of a response. */
export type Answer = Pick<Response, "status" | "url" | "body" | "text"> & { readonly headers: Pick<Headers, "get"> };

export type Fetch = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
) => Promise<Answer>;

export interface Wanted {
  readonly url: string;
  /** For people. */
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Bytes, where they are stated. */
  readonly size?: number | undefined;
  /** Where the file will be: whole and checked, or not at all. */
  readonly path: string;
}

export interface ConnectionOptions {
  readonly fetch: Fetch;
  /** Milliseconds without a byte after which it counts as dropped. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how much there is, as it comes, and of how much. */
  readonly onBytes: (bytes: number, total: number | undefined) => void;
}

/** The connection ended before its time: another one may go on. */
export class Dropped extends Error {
  override readonly name = "Dropped";
}

/** The server does not give it, and will not. */
export class NotHad extends Error {
  override readonly name = "NotHad";
  readonly url: string;
  constructor(url: string, saw: string) {
    super(saw);
    this.url = url;
  }
}

/** No release has as much; a server that sends on and on is stopped. */
const bytesMax = 16 * 2 ** 30;
const passing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/** fetch says "fetch failed", and what failed in its cause. */
const textOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);

const network = <T>(work: Promise<T>): Promise<T> =>
  work.catch(error => {
    throw new Dropped(textOf(error), { cause: error });
  });

/** A weak one does not name the bytes. */
const strong = (etag: string | null) => (etag === null || etag.startsWith("W/") ? undefined : etag);

function refuse({ url, status }: Answer, asked: string): void {
  if (asked.startsWith("https:") && url.startsWith("http:"))
    throw new NotHad(asked, "it is handed on to an address without TLS");
  if (status === 200 || status === 206 || status === 416) return;
  if (passing(status)) throw new Dropped(`HTTP ${status}`);
  throw new NotHad(asked, `HTTP ${status}`);
}

/** Whether what comes goes on where the part ends, and how much there should be in the end, where the server says so. */
function readHead({ headers, status }: Answer, part: Part): { goesOn: boolean; total: number | undefined } {
  const length = headers.get("content-length");
  if (status === 200) return { goesOn: false, total: length === null ? undefined : Number(length) };
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (Number(start) === part.bytes() && strong(headers.get("etag")) === part.etag())
    return { goesOn: true, total: total === "*" ? undefined : Number(total) };
  throw new Dropped(`HTTP ${status} to a range that was not asked for`);
}

/**
 * Asks for what the part lacks, and takes what comes until the connection ends. Resolves to whether that is all there is, or more than
 * there should be. Rejects with `Dropped`, with `NotHad`, or as the disk does.
 */
export async function receive(wanted: Wanted, part: Part, options: ConnectionOptions): Promise<"whole" | "too-much"> {
  const { fetch, stallMs, signal, onBytes } = options;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  const stop = AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]);
  const [had, etag] = [part.bytes(), part.etag()];
  const range = had > 0 && etag !== undefined ? { Range: `bytes=${had}-`, "If-Range": etag } : {};
  try {
    const headers = { "Accept-Encoding": "identity", ...range };
    const response = await network(fetch(wanted.url, { headers, signal: stop }));
    refuse(response, wanted.url);
    const { goesOn, total } = await readHeadOrForget(response, part);
    if (!goesOn) await part.restart(strong(response.headers.get("etag")));
    const body = response.body?.getReader();
    while (body !== undefined) {
      timer.refresh();
      const { done, value } = await network(body.read());
      if (done) break;
      await part.append(value);
      if (part.bytes() > (wanted.size ?? bytesMax)) return "too-much";
      onBytes(part.bytes(), wanted.size ?? total);
    }
    const all = total ?? wanted.size ?? 0;
    if (part.bytes() < all) throw new Dropped(`the connection ended after ${part.bytes()} of ${all} bytes`);
    return "whole";
  } finally {
    clearTimeout(timer);
    // Ends a body that nobody reads to its end.
    stalled.abort();
  }
}

/** A part of which the server wants to hear nothing is begun anew the next time. */
async function readHeadOrForget(response: Answer, part: Part) {
  try {
    return readHead(response, part);
  } catch (error) {
    await part.restart(undefined);
    throw error;
  }
}
