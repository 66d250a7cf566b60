import { Agent } from "node:http";
import type Docker from "dockerode";
import type { Engine } from "../engine.ts";
import { EngineGone } from "../engine.ts";
import { imageFacts, imagesWith, importTar, removeImage } from "./images.ts";
import { programOf } from "./kept.ts";
import { pull } from "./pull.ts";
import type { Maker } from "./spec.ts";
import { startContainer } from "./start.ts";
import { sweep } from "./sweep.ts";
import { type Patience, watchdog } from "./watchdog.ts";

/** The variables of the process's environment that say where the engine is. */
export interface EngineAddress {
  readonly DOCKER_HOST?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** Both take a signal, which @types/dockerode does not know. */
interface Answering {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>;
  version(options: { abortSignal: AbortSignal }): Promise<{ Version: string; Components?: { Name: string }[] }>;
}

const answering = (docker: Docker) => docker as unknown as Answering;

const patient: Patience = { everyMs: 2_000, answerMs: 15_000 };
const helloMs = 10_000;

/** Where an engine may listen, in the order of asking: what DOCKER_HOST says and nothing else, or Docker's sockets, then Podman's. */
export function engineAddresses({ DOCKER_HOST, XDG_RUNTIME_DIR }: EngineAddress): string[] {
  if (DOCKER_HOST) return [DOCKER_HOST];
  const own = XDG_RUNTIME_DIR ? [`${XDG_RUNTIME_DIR}/docker.sock`, `${XDG_RUNTIME_DIR}/podman/podman.sock`] : [];
  return ["/var/run/docker.sock", ...own.slice(0, 1), "/run/podman/podman.sock", ...own.slice(1)].map(
    path => `unix://${path}`,
  );
}

/** `unix://` is taken apart here; the rest (tcp, ssh, TLS files) docker-modem reads from the environment itself. */
function client(Library: typeof Docker, address: string): Docker {
  if (!address.startsWith("unix://")) return new Library();
  // An idle connection that the engine has closed would fail the next call on it.
  const options = { socketPath: address.slice("unix://".length), host: "", agent: new Agent({ keepAlive: false }) };
  return new Library(options);
}

interface Greeting {
  readonly maker: Maker;
  readonly version: string;
}

async function hello(docker: Docker): Promise<Greeting> {
  const { Version, Components = [] } = await answering(docker).version({ abortSignal: AbortSignal.timeout(helloMs) });
  const podman = Components.some(one => one.Name === "Podman Engine");
  return { maker: podman ? "Podman" : "Docker", version: Version };
}

/** Rejects with `EngineGone`, whose message has every address that was tried. */
export async function connectEngine(address: EngineAddress, patience: Patience = patient): Promise<Engine> {
  const { default: Library } = await import("dockerode");
  const tried: string[] = [];
  for (const one of engineAddresses(address)) {
    const docker = client(Library, one);
    try {
      return assemble(docker, one, await hello(docker), patience);
    } catch (error) {
      tried.push(`${one}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new EngineGone(`no container engine answers (${tried.join("; ")})`);
}

function assemble(docker: Docker, address: string, { maker, version }: Greeting, patience: Patience): Engine {
  const dog = watchdog(abortSignal => answering(docker).ping({ abortSignal }), patience);
  const client = { maker, program: programOf(maker, address) };
  return {
    name: `${maker} ${version}`,
    start: spec => startContainer(docker, dog, client, spec),
    image: async reference => {
      const found = await imageFacts(docker, dog, reference);
      return found && { id: found.id, labels: found.labels, sizeBytes: found.sizeBytes };
    },
    pull: (reference, digest, options) => pull(docker, dog, reference, digest, options),
    importTar: (tar, labels, reference) => importTar(docker, dog, tar, labels, reference),
    images: label => imagesWith(docker, dog, label),
    removeImage: id => removeImage(docker, dog, id),
    sweep: () => sweep(docker, dog),
  };
}
