import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { Command, Observation } from "../model/command.ts";
import { type KeepableTestbed, TestbedGone } from "../model/testbed.ts";
import type { Container, ContainerSpec, Engine } from "./engine.ts";
import { lackedMemory } from "./lacked-memory.ts";
import { shareOf } from "./output.ts";
import { readTrailer } from "./trailer.ts";

export interface ContainerTestbedSpec extends ContainerSpec {
  /** The stand-in's program, static, for the image's architecture. */
  readonly standin: Uint8Array;
}

/** A testbed of whose root file system an image can be made. */
export interface ContainerTestbed extends KeepableTestbed {
  readonly kind: "container";
  readonly container: Container;
}

/** In memory, so that it is in no image that is made of the container. */
const ownFolder = "/run/kata-verify";
const standinPath = `${ownFolder}/standin`;

/** Bytes of a stream that are listened to; the stand-in drops what comes after, because there is no file under /dev/null. */
const heardBytes = 256 * 1024 * 1024;
const spill = ["/dev/null", String(heardBytes)] as const;
const dropped = Buffer.from(`\n[… all after ${heardBytes} bytes was dropped …]\n`);

/** Milliseconds that the stand-in gets, over the command's own time, to end it and what it left. */
const marginMs = 60_000;

/** Engines take longer for many starts at once than for the same one after another. */
const startsAtOnce = 4;
const startMs = 1_500;

/** Starts the container and puts the stand-in into it. */
export async function openContainerTestbed(engine: Engine, spec: ContainerTestbedSpec): Promise<ContainerTestbed> {
  const { standin, ...own } = spec;
  const container = await engine.start({ ...own, tmpfs: [...(own.tmpfs ?? []), ownFolder] });
  try {
    await container.put([{ path: standinPath, contents: standin, mode: 0o755 }]);
    return containerTestbed(container);
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

export function containerTestbed(container: Container): ContainerTestbed {
  const starts = pLimit(startsAtOnce);
  return {
    kind: "container",
    container,
    run: command =>
      new Promise((resolve, reject) => {
        void starts(() => {
          const ran = run(container, command).then(resolve, reject);
          return Promise.race([ran, sleep(startMs, undefined, { ref: false })]);
        });
      }),
    write: (path, contents, mode) => container.put([{ path, contents, ...(mode === undefined ? {} : { mode }) }]),
    fetch: path => container.get(path),
    keep: async called => {
      const { name, program } = await container.keep(called);
      return { enter: [...program, "exec", "-it", name, "sh"], remove: [[...program, "rm", "-f", name]] };
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

async function run(container: Container, command: Command): Promise<Observation> {
  const { argv, stdin, timeoutMs, env, wholeBytes } = command;
  const token = randomBytes(16).toString("hex");
  const limit = AbortSignal.timeout(timeoutMs + marginMs);
  const startedAt = performance.now();
  const end = await container
    .exec([standinPath, "run", String(timeoutMs), token, ...spill, "--", ...argv], {
      ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
      ...(env === undefined ? {} : { env }),
      share: shareOf(wholeBytes),
      signal: limit,
    })
    .catch(error => {
      throw limit.aborted ? new TestbedGone(`nothing ended ${argv[0]} after ${timeoutMs + marginMs} ms`) : error;
    });
  const durationMs = performance.now() - startedAt;
  const trailer = readTrailer(end.stderr, token);
  if (trailer === undefined) {
    const code = (await lackedMemory(container)) ? "infra.memory" : "infra.testbed-gone";
    throw new TestbedGone(`the stand-in was killed while it ran ${argv[0]}`, code);
  }
  const { lost, stderr } = trailer;
  const cut = wholeBytes !== undefined && ((end.leftOut ?? 0) > 0 || lost !== undefined);
  const ending = cut ? ({ kind: "truncated", afterBytes: wholeBytes } as const) : trailer.ending;
  const stdout = lost === undefined ? end.stdout : Buffer.concat([end.stdout, dropped]);
  return { argv, ending, stdout, stderr, durationMs };
}
