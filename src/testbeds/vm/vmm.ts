import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { TestbedGone } from "../../model/testbed.ts";
import type { ContainerSpec, Engine, KeptContainer } from "../engine.ts";
import { lackedMemory } from "../lacked-memory.ts";
import { aborted } from "./aborted.ts";
import { type ConsoleCapture, captureConsole } from "./console.ts";
import { reasonOf } from "./ending.ts";
import { ChannelClosed, type LineChannel } from "./line-channel.ts";
import { openQmp, type QmpEvent } from "./qmp.ts";
import { openSocketFolder, type SocketFolder } from "./sockets.ts";

export interface VmmSpec {
  readonly container: Omit<ContainerSpec, "capabilities" | "network">;
  /** Run in the container before QEMU; `"$@"` is QEMU's argument vector. */
  readonly script: string;
  readonly argv: readonly string[];
  /** The runner's path of the folder in which QEMU makes its sockets. */
  readonly folder: string;
  readonly emulated: boolean;
  readonly onConsoleLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A QEMU that runs, in a container of its own that ends with this process. */
export interface Vmm extends AsyncDisposable {
  readonly qmp: LineChannel;
  readonly console: ConsoleCapture;
  readonly sockets: SocketFolder;
  /** Aborted, with a `TestbedGone`, as soon as it is known that the machine runs no more. */
  readonly gone: AbortSignal;
  /** The value, or the `TestbedGone`, whichever comes first. */
  alive<T>(work: Promise<T>): Promise<T>;
  /** QEMU runs on when this is disposed of. */
  keep(name: string): Promise<KeptContainer>;
}

/** The exit code of what got SIGKILL. */
const killed = 137;

/** Milliseconds until it is known why a channel closed. */
const explanationMs = 1_500;

/** Milliseconds for the kernel to print what belongs to its panic. */
const panicMs = 300;

export async function startVmm(engine: Engine, spec: VmmSpec): Promise<Vmm> {
  const gone = new AbortController();
  // Each call that waits listens.
  setMaxListeners(0, gone.signal);
  const end = (error: TestbedGone) => gone.abort(error);
  const container = await engine.start({ ...spec.container, capabilities: [], network: "none" });
  const sockets = await openSocketFolder(spec.folder);
  const opened: { console?: ConsoleCapture; qmp?: LineChannel } = {};
  const stop = () => end(new TestbedGone("the run was interrupted", "infra.interrupted"));
  spec.signal?.addEventListener("abort", stop);
  if (spec.signal?.aborted) stop();

  container.exec(["sh", "-c", spec.script, "sh", ...spec.argv]).then(
    async ({ code, stderr }) => {
      const said = Buffer.from(stderr).toString().trim();
      const outOfMemory = code === killed && (await lackedMemory(container));
      end(reasonOf({ code, said, console: opened.console?.text() ?? "", emulated: spec.emulated, outOfMemory }));
    },
    error => end(error instanceof TestbedGone ? error : new TestbedGone(`QEMU is gone: ${error}`)),
  );

  const onConsoleLine = (line: string) => {
    spec.onConsoleLine(line);
    if (!/Kernel panic - not syncing/.test(line)) return;
    const late = () =>
      end(reasonOf({ code: 0, said: "", console: opened.console?.text() ?? "", emulated: spec.emulated }));
    setTimeout(late, panicMs).unref();
  };
  const onEvent = ({ name, data }: QmpEvent) => {
    if (name === "BLOCK_IO_ERROR" && (data as { nospace?: boolean }).nospace === true)
      end(new TestbedGone("the runner's disk is full: the testbed could not write", "infra.disk-full"));
  };

  const reason = () => gone.signal.reason as TestbedGone;
  /** A channel closes before it is known why. */
  const explained = async (error: unknown): Promise<unknown> => {
    if (!(error instanceof ChannelClosed)) return error;
    await Promise.race([aborted(gone.signal), sleep(explanationMs, undefined, { ref: false })]);
    return gone.signal.aborted ? reason() : new TestbedGone(`the testbed no longer answers: ${error.message}`);
  };
  const alive = async <T>(work: Promise<T>): Promise<T> => {
    work.catch(() => {});
    gone.signal.throwIfAborted();
    const finished = new AbortController();
    try {
      return await Promise.race([work, aborted(gone.signal, finished.signal).then(() => Promise.reject(reason()))]);
    } catch (error) {
      throw gone.signal.aborted ? reason() : await explained(error);
    } finally {
      finished.abort();
    }
  };
  const dispose = async () => {
    spec.signal?.removeEventListener("abort", stop);
    end(new TestbedGone("the testbed was closed"));
    await container[Symbol.asyncDispose]();
    await sockets[Symbol.asyncDispose]();
  };

  try {
    const console = captureConsole(await alive(sockets.connect("console", gone.signal)), onConsoleLine);
    opened.console = console;
    const qmp = await alive(sockets.connect("qmp", gone.signal).then(socket => openQmp(socket, onEvent)));
    const { keep } = container;
    return { qmp, console, sockets, gone: gone.signal, alive, keep, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
