import type { Duplex, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import type { ExecEnd, ExecOptions } from "../engine.ts";
import { openKeeper } from "../output.ts";
import { demux } from "./frames.ts";
import type { Watchdog } from "./watchdog.ts";

const quickMs = 60_000;

/** The engine closed the stream in the middle of a frame. */
export class CutOff extends Error {
  override readonly name = "CutOff";
}

/**
 * How Podman ends a stream when the program has not read all its input. All that the program printed came before; whether
 * it really has ended is asked afterwards.
 */
const isReset = (error: Error) => "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");

/** What it then prints itself, as if the program had. */
const podmansWords = /^Error: (?:read|write) unixpacket \S+: (?:read|write): connection reset by peer\n$/;

const isPodmans = (chunk: Uint8Array): boolean =>
  chunk.length < 500 && podmansWords.test(Buffer.from(chunk).toString("latin1"));

async function feed(stream: Duplex, stdin: ExecOptions["stdin"]): Promise<void> {
  if (stdin === undefined || stdin instanceof Uint8Array) {
    stream.end(stdin);
    return;
  }
  try {
    await pipeline(stdin, stream);
  } catch {
    // A program may end without reading what it was given.
  }
}

/** Holds the stream back while the taker is full; a taker that is gone takes nothing any more, and holds nothing back. */
function passTo(taker: Writable, stream: Duplex): (chunk: Uint8Array) => void {
  const resume = () => void stream.resume();
  taker.on("drain", resume).on("close", resume).on("error", resume);
  return chunk => {
    if (taker.writable && !taker.write(chunk)) stream.pause();
  };
}

async function drain(stream: Duplex, options: ExecOptions, signal: AbortSignal): Promise<Omit<ExecEnd, "code">> {
  const { stdoutTo, share } = options;
  const [stdout, stderr] = [openKeeper(share), openKeeper(share)];
  const last: { stderr?: Uint8Array } = {};
  const take = stdoutTo === undefined ? stdout.push : passTo(stdoutTo, stream);
  const frames = demux(
    chunk => {
      take(chunk);
      options.onStdout?.(chunk);
    },
    chunk => {
      if (last.stderr !== undefined) stderr.push(last.stderr);
      last.stderr = chunk;
      options.onStderr?.(chunk);
    },
  );
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop);
  try {
    void feed(stream, options.stdin);
    await new Promise<void>((resolve, reject) => {
      stream.on("data", chunk => frames.push(chunk));
      stream.once("end", resolve);
      stream.once("error", error => (isReset(error) ? resolve() : reject(error)));
      stream.once("close", () => reject(new CutOff("the engine closed the stream of a command")));
    });
    if (!frames.atBoundary()) throw new CutOff("the engine closed the stream of a command in the middle of a frame");
    stdoutTo?.end();
  } catch (error) {
    stdoutTo?.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stream.destroy();
  }
  if (last.stderr !== undefined && !isPodmans(last.stderr)) stderr.push(last.stderr);
  return { stdout: stdout.bytes(), stderr: stderr.bytes(), leftOut: stdout.leftOut() + stderr.leftOut() };
}

/** Create, start, read both streams to their end, and only then ask for the exit code: it is not there before. */
export async function exec(
  container: Docker.Container,
  dog: Watchdog,
  argv: readonly string[],
  options: ExecOptions,
): Promise<ExecEnd> {
  const { signal } = options;
  const limits = { timeoutMs: quickMs, signal };
  const created = await dog.during(
    "creating a command",
    abortSignal =>
      container.exec({
        Cmd: [...argv],
        Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
        AttachStdin: options.stdin !== undefined,
        AttachStdout: true,
        AttachStderr: true,
        Tty: false,
        abortSignal,
      }),
    limits,
  );
  const streams = await dog.during(
    "running a command",
    async abortSignal => {
      const stream = await created.start({ hijack: true, stdin: true, Detach: false, Tty: false, abortSignal });
      return drain(stream, options, abortSignal);
    },
    { signal },
  );
  const { Running, ExitCode } = await dog.during(
    "inspecting a command",
    abortSignal => created.inspect({ abortSignal }),
    limits,
  );
  if (Running || ExitCode === null) throw new CutOff("the streams of a command ended before it did");
  return { code: ExitCode, ...streams };
}
