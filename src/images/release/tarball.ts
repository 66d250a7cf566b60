import { createReadStream } from "node:fs";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";
import { createGunzip } from "node:zlib";
import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { TestbedGone } from "../../model/testbed.ts";
import type { Engine } from "../../testbeds/engine.ts";
import { compressionOf } from "./compression.ts";
import { refusingHoles } from "./holes.ts";
import { Unfit } from "./unfit.ts";

export interface TarballOptions {
  readonly engine: Engine;
  /** Id of the tools image, which has zstd and xz. */
  readonly tools: string;
  /** Id of the run. */
  readonly run: string;
  readonly signal?: AbortSignal | undefined;
}

/** What of a body is not read is left for the tarball's reader to pass over. */
export type Each = (entry: ParsedTarEntry) => Promise<"more" | "enough">;

/** Node 20 has no zstd. Archives that take more memory than this are refused by the programs. */
const programs = {
  zstd: ["zstd", "-dc", "--memory=1024MB"],
  xz: ["xz", "-dc", "--memlimit-decompress=1GiB"],
} as const;

const gib = 2 ** 30;
const unpackedMax = 64 * gib;

/** What is in the tarball goes into a container that has nothing else, and comes back as it asks for more. */
async function unpackInContainer(
  program: readonly string[],
  path: string,
  to: PassThrough,
  { engine, tools, run, signal }: TarballOptions,
): Promise<void> {
  const alone = { capabilities: [], devices: [], mounts: [], network: "none", user: "65534:65534" } as const;
  await using container = await engine.start({ ...alone, image: tools, run });
  const { code, stderr } = await container.exec(program, { stdin: createReadStream(path), stdoutTo: to, signal });
  if (code === 0) return;
  const said = Buffer.from(stderr).toString().trim().split("\n").at(-1);
  throw new Unfit(`the tarball cannot be unpacked: ${said || `${program[0]} ended with ${code}`}`);
}

async function unpack(path: string, to: PassThrough, options: TarballOptions): Promise<void> {
  const compression = await compressionOf(path);
  if (compression === "zstd" || compression === "xz")
    return await unpackInContainer(programs[compression], path, to, options);
  await pipeline([createReadStream(path), ...(compression === "gzip" ? [createGunzip()] : []), to], options);
}

async function* limited(bytes: Readable): AsyncGenerator<Uint8Array> {
  const look = refusingHoles();
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    look(chunk);
    if (count > unpackedMax) throw new Unfit(`the tarball unpacks to more than ${unpackedMax / gib} GiB`);
    yield chunk;
  }
}

/** What the disk says names a system call; what readers of damaged bytes say does not. */
const isOwn = (error: unknown) => error instanceof Unfit || (error instanceof Error && "syscall" in error);

/** Read, not cancelled: modern-tar 0.8.6 would take that for the next body, of which it may have begun to read. */
async function passOver({ body }: ParsedTarEntry): Promise<void> {
  // What was read by way of a Readable stays its own.
  if (body.locked) return;
  const reader = body.getReader();
  while (!(await reader.read()).done);
}

async function readMembers(bytes: Readable, each: Each): Promise<"more" | "enough"> {
  try {
    const members = ReadableStream.from(limited(bytes))
      .pipeThrough(createTarDecoder({ strict: true }))
      .getReader();
    // The reader is never cancelled: that waits for a decoder that waits for bytes. Without them it has nothing to do.
    for (;;) {
      const { done, value } = await members.read();
      if (done) return "more";
      if ((await each(value)) === "enough") return "enough";
      await passOver(value);
    }
  } catch (error) {
    if (isOwn(error)) throw error;
    const saw = error instanceof Error ? error.message : String(error);
    throw new Unfit(`the tarball is cut off or damaged: ${saw}`, { cause: error });
  }
}

/**
 * Hands over the members of a tarball one by one, until `each` has enough. Rejects with `Unfit` where it is no tarball, or cut off,
 * or damaged; with what `each` throws; or as the engine and the disk do.
 */
export async function readTarball(path: string, options: TarballOptions, each: Each): Promise<void> {
  const bytes = new PassThrough();
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const feeding = unpack(path, bytes, { ...options, signal }).catch(error => {
    bytes.destroy(error);
    throw error;
  });
  const reading = readMembers(bytes, each).finally(() => bytes.destroy());
  // The programs know at their end whether it was whole: they are stopped only where nobody wants to hear it.
  const stopping = reading.then(
    end => end === "enough" && stop.abort(),
    () => stop.abort(),
  );
  const [fed, read] = await Promise.allSettled([feeding, reading, stopping]);
  options.signal?.throwIfAborted();
  if (fed.status === "rejected" && fed.reason instanceof TestbedGone) throw fed.reason;
  if (read.status === "rejected") throw read.reason;
  if (fed.status === "rejected" && !stop.signal.aborted) throw fed.reason;
}
