import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import { TestbedGone } from "../../model/testbed.ts";
import type { Container, ContainerSpec } from "../engine.ts";
import { runningContainer } from "./container.ts";
import { ownName } from "./owner.ts";
import { removeContainer } from "./remove.ts";
import { containerOptions, type Maker } from "./spec.ts";
import type { Watchdog } from "./watchdog.ts";

const limits = { timeoutMs: 120_000 };

function notStarted(error: unknown): unknown {
  if (error instanceof TestbedGone || !(error instanceof Error)) return error;
  return new TestbedGone(`the container did not start: ${error.message.trim()}`, "infra.testbed-gone", {
    cause: error,
  });
}

export interface EngineClient {
  readonly maker: Maker;
  /** The beginning of a command line by which people reach it. */
  readonly program: readonly string[];
}

/** Whether containers that run inside it would see the engine's one tree of cgroups. */
async function isUnified(docker: Docker, dog: Watchdog, { confinement }: ContainerSpec): Promise<boolean> {
  if (confinement !== "containers") return false;
  const { CgroupVersion } = await dog.during("asking the engine for its cgroups", () => docker.info(), limits);
  return /^v?2$/.test(CgroupVersion ?? "");
}

/** Created, attached, started, in this order: the lifeline holds from the first moment. */
export async function startContainer(
  docker: Docker,
  dog: Watchdog,
  { maker, program }: EngineClient,
  spec: ContainerSpec,
): Promise<Container> {
  const body = containerOptions(spec, ownName(), maker, await isUnified(docker, dog, spec));
  const create = (abortSignal: AbortSignal) =>
    // docker-modem puts all options into the query as well as into the body, unless they are told apart.
    docker.createContainer({ _query: {}, _body: body, abortSignal } as Docker.ContainerCreateOptions);
  const attachment = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
  const container = await dog.during("creating a container", create, limits).catch(error => {
    throw notStarted(error);
  });
  try {
    const lifeline = await dog.during("attaching to a container", () => container.attach(attachment), limits);
    await dog.during("starting a container", abortSignal => container.start({ abortSignal }), limits);
    return runningContainer(docker, dog, container, lifeline as Duplex, program);
  } catch (error) {
    await removeContainer(container, dog).catch(() => {});
    throw notStarted(error);
  }
}
