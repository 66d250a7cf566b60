import { setMaxListeners } from "node:events";
import { addAbortSignal, type Duplex, PassThrough, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { TestbedGone } from "../../model/testbed.ts";
import { type Container, EngineGone, type ExecEnd, type ExecOptions, type PutFile } from "../engine.ts";
import { lackedMemory } from "../lacked-memory.ts";
import { commit } from "./commit.ts";
import { CutOff, exec } from "./exec.ts";
import { isAbsent } from "./images.ts";
import { keptMark, renameKept } from "./kept.ts";
import { pulse } from "./pulse.ts";
import { removeContainer } from "./remove.ts";
import type { Watchdog } from "./watchdog.ts";

const quickMs = 60_000;
/** Milliseconds that commands get to end by themselves after their container has. */
const graceMs = 2_000;
const pulseMs = 5_000;
/** The engine may tell of the end of a command before it knows that the container has ended, too. */
const killed = 137;
const settleMs = 500;
/** So it may of one that could not join it any more: "error executing setns process", says runc. */
const notJoined = 126;
const notJoinedMs = 2_000;

/** `$1` path, `$2` mode in octal. Through another name, so that nobody sees half a file. */
const putScript =
  'mkdir -p -- "$(dirname -- "$1")" && cat >"$1.part" && chmod "$2" "$1.part" && mv -f -- "$1.part" "$1"';

/** A container that runs, with the stream that keeps it running. */
export function runningContainer(
  docker: Docker,
  dog: Watchdog,
  container: Docker.Container,
  lifeline: Duplex,
  program: readonly string[],
): Container {
  const state = { kept: false };
  const ended = new AbortController();
  // Each command that runs listens.
  setMaxListeners(0, ended.signal);
  const gone = (cause?: unknown) => new TestbedGone("the container ended", "infra.testbed-gone", { cause });
  lifeline.on("error", () => {});
  lifeline.once("close", () => setTimeout(() => ended.abort(gone()), graceMs).unref());
  lifeline.resume();
  const closed = new Promise<void>(resolve => lifeline.once("close", () => resolve()));

  const settled = (ms = settleMs) => Promise.race([closed, sleep(ms, undefined, { ref: false })]);

  const isRunning = async (): Promise<boolean> => {
    try {
      const { State } = await dog.during("inspecting a container", abortSignal => container.inspect({ abortSignal }), {
        timeoutMs: quickMs,
      });
      return State.Running;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  };

  /** An error of a call on a container that no longer runs says nothing but that. */
  const alive = async <T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await work(signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]));
    } catch (error) {
      if (error instanceof TestbedGone || signal?.aborted) throw error;
      await settled();
      if (!(await isRunning())) throw gone(error);
      if (error instanceof CutOff) throw new EngineGone(error.message, { cause: error });
      throw error;
    }
  };

  const whileAlive = pulse(isRunning, () => ended.abort(gone()), pulseMs);

  const run = (argv: readonly string[], options: ExecOptions = {}): Promise<ExecEnd> =>
    alive(async signal => {
      const end = await whileAlive(() => exec(container, dog, argv, { ...options, signal }));
      if (end.code === killed) await settled();
      if (end.code === notJoined) await settled(notJoinedMs);
      if (end.code >= 126 && !(await isRunning())) throw gone();
      return end;
    }, options.signal);

  const mustRun = async (argv: readonly string[], options: ExecOptions = {}): Promise<Uint8Array> => {
    const { code, stdout, stderr } = await run(argv, options);
    if (code === killed && (await lackedMemory({ exec: run })))
      throw new TestbedGone(`${argv[0]} was killed in the testbed: memory ran out`, "infra.memory");
    const said = Buffer.from(stderr.length > 0 ? stderr : stdout)
      .toString()
      .trim();
    if (code !== 0) throw new Error(said || `${argv[0]} ended with exit code ${code} in the testbed`);
    return stdout;
  };

  // Engines' archive calls do not see what is mounted in the container (moby#34142), so files go through its own programs.
  const put = async ({ path, contents, mode = 0o644 }: PutFile): Promise<void> => {
    await mustRun(["sh", "-c", putScript, "sh", path, mode.toString(8)], { stdin: Buffer.from(contents) });
  };

  const exportTar = async (): Promise<Readable> => {
    const out = new PassThrough();
    // Not a pipeline: that would end `out` with the bare error of a socket.
    const copy = async (abortSignal: AbortSignal) => {
      const tar = (await container.export({ abortSignal })) as Readable;
      addAbortSignal(abortSignal, tar).pipe(out);
      await finished(tar);
    };
    alive(() => dog.during("exporting a container", copy, { signal: ended.signal })).catch(error => out.destroy(error));
    return out;
  };

  return {
    id: container.id,
    exec: run,
    put: async files => {
      for (const file of files) await put(file);
    },
    get: path => mustRun(["cat", "--", path]),
    exportTar,
    commit: (labels, reference) => alive(() => commit(docker, dog, container, labels, reference)),
    keep: name =>
      alive(async () => {
        await put({ path: keptMark, contents: "" });
        const own = await renameKept(container, dog, name);
        state.kept = true;
        return { name: own, program };
      }),
    [Symbol.asyncDispose]: async () => {
      lifeline.destroy();
      // What runs in it runs on, and nobody waits for it.
      if (state.kept) return ended.abort(gone());
      await removeContainer(container, dog).catch(error => {
        if (!(error instanceof EngineGone)) throw error;
      });
    },
  };
}
