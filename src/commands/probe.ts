import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { connectEngine, type EngineAddress, engineAddresses } from "../testbeds/engine/connect.ts";
import { type Machine, which } from "./machine.ts";
import { browsers, type Found, type FoundPrerequisite, type PrerequisiteId } from "./prerequisites.ts";

/** What engines are called as programs: Docker's daemon, not its client, which may speak to another machine. */
export const engines = ["dockerd", "podman"] as const;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is behind a folder that this user may not enter, as that of root's Podman is, may not be there at all: nobody denied it. */
function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function isDenied(socket: string): boolean {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES";
  }
}

function address({ env }: Machine): EngineAddress {
  return { DOCKER_HOST: env["DOCKER_HOST"], XDG_RUNTIME_DIR: env["XDG_RUNTIME_DIR"] };
}

/** What DOCKER_HOST says, where no program that is started here would listen there. */
export const elsewhere = ({ env: { DOCKER_HOST } }: Pick<Machine, "env">): string | undefined =>
  DOCKER_HOST && !DOCKER_HOST.startsWith("unix://") ? DOCKER_HOST : undefined;

/** How the container engine is found, at the places where this user would look for one. */
export async function probeEngine(machine: Machine): Promise<Found> {
  try {
    return { kind: "ready", saw: (await connectEngine(address(machine))).name };
  } catch (error) {
    const sockets = engineAddresses(address(machine))
      .filter(one => one.startsWith("unix://"))
      .map(one => one.slice("unix://".length));
    const denied = sockets.find(one => isSocket(one) && isDenied(one));
    if (denied !== undefined) return { kind: "denied", saw: `${denied} is not open to this user`, socket: denied };
    if (elsewhere(machine) !== undefined) return { kind: "stopped", saw: message(error) };
    const installed = engines.find(program => which(machine, program) !== undefined);
    if (installed === undefined) return { kind: "absent", saw: message(error) };
    return { kind: "stopped", saw: `${installed} is installed, but ${message(error)}` };
  }
}

/** Milliseconds that a program gets for its version, which is only for people. */
const versionMs = 5000;

const isTimeOut = (error: Error | undefined) => error !== undefined && "code" in error && error.code === "ETIMEDOUT";

function program(machine: Machine, name: string, version = "--version"): Found {
  const path = which(machine, name);
  if (path === undefined) return { kind: "absent", saw: `no ${name} in ${machine.search.join(":")}` };
  const { stdout, error } = spawnSync(path, [version], { encoding: "utf8", timeout: versionMs });
  // It is there and starts: mmdebstrap, in Perl, takes half a minute on an emulated CPU with much to do.
  if (isTimeOut(error)) return { kind: "ready", saw: `${path}, which did not say its version within ${versionMs} ms` };
  if (error) return { kind: "absent", saw: `${path}: ${error.message}` };
  return { kind: "ready", saw: stdout.split("\n")[0]?.trim() || path };
}

/** What lets mmdebstrap make a root file system for a user who is not root: a range of user ids in a namespace, or the pretence of one. */
const roots = ["newuidmap", "fakechroot"] as const;

function probeMmdebstrap(machine: Machine): Found {
  const found = program(machine, "mmdebstrap");
  const able = machine.user.id === 0 || roots.some(name => which(machine, name) !== undefined);
  if (found.kind !== "ready" || able) return found;
  return { kind: "absent", saw: `${found.saw}, but no newuidmap, without which it works for root alone` };
}

const probes: Readonly<Record<PrerequisiteId, (machine: Machine) => Found | Promise<Found>>> = {
  engine: probeEngine,
  mmdebstrap: probeMmdebstrap,
  flock: machine => program(machine, "flock"),
  registry: machine => program(machine, "docker-registry"),
  "dpkg-deb": machine => program(machine, "dpkg-deb"),
  chromium: machine => program(machine, browsers.find(name => which(machine, name) !== undefined) ?? browsers[0]),
  shellcheck: machine => program(machine, "shellcheck"),
  go: machine => program(machine, "go", "version"),
};

/** Looks, and changes nothing. */
export async function probe(machine: Machine, ids: readonly PrerequisiteId[]): Promise<FoundPrerequisite[]> {
  return Promise.all(ids.map(async id => ({ id, found: await probes[id](machine) })));
}
