import { setTimeout as pause } from "node:timers/promises";
import { type Daemon, spawnDaemon } from "./daemon.ts";
import { type Machine, which } from "./machine.ts";
import { asRoot, perform, type Say } from "./perform.ts";
import { engines, probeEngine } from "./probe.ts";
import { record } from "./started.ts";

export type Engine = (typeof engines)[number];

/** How an engine that is installed is started here, and stopped again. */
export type Start =
  | {
      readonly by: "service";
      readonly argv: readonly string[];
      readonly stop: readonly string[];
      readonly root: boolean;
    }
  | { readonly by: "hand"; readonly argv: readonly string[]; readonly root: boolean };

/** Podman runs under the user who asks, Docker under root. */
export function howToStart(engine: Engine, machine: Pick<Machine, "services" | "user">): Start {
  const root = engine === "dockerd" || machine.user.id === 0;
  const scope = root ? [] : ["--user"];
  const service = (...argv: string[]) => ({ by: "service", argv, root }) as const;
  if (machine.services === "systemd") {
    const units = engine === "dockerd" ? ["docker.service", "docker.socket"] : ["podman.socket", "podman.service"];
    const stop = ["systemctl", ...scope, "stop", ...units];
    return { ...service("systemctl", ...scope, "start", units[0] as string), stop };
  }
  if (machine.services === "openrc" && engine === "dockerd")
    return { ...service("rc-service", "docker", "start"), stop: ["rc-service", "docker", "stop"] };
  const argv = engine === "dockerd" ? ["dockerd"] : ["podman", "system", "service", "--time=0"];
  return { by: "hand", argv, root };
}

const patienceMs = 60_000;

async function answers(machine: Machine, daemon: Daemon | undefined, say: Say): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await pause(200)) {
    if ((await probeEngine(machine)).kind !== "stopped") return true;
    if (daemon?.hasEnded()) break;
  }
  if (daemon) say(`It does not answer. The end of ${daemon.log}:\n${daemon.lastWords()}`);
  return false;
}

/**
 * Starts the engine that is installed, writes down that it was started here, and resolves to whether it answers, be it to say no. Throws
 * UsageError where that needs an administrator and there is none.
 */
export async function startEngine(machine: Machine, say: Say): Promise<boolean> {
  const engine = engines.find(program => which(machine, program) !== undefined);
  if (engine === undefined) return false;
  const start = howToStart(engine, machine);
  const argv = start.root ? asRoot(machine, start.argv) : start.argv;
  if (start.by === "service") {
    if (!(await perform(machine, argv, say))) return false;
    record(machine, { kind: "service", what: engine, stop: [...start.stop], asRoot: start.root });
    return answers(machine, undefined, say);
  }
  const daemon = await spawnDaemon(machine, engine, start, say);
  if (daemon === undefined) return false;
  record(machine, { kind: "daemon", what: engine, pid: daemon.pid, startTime: daemon.startTime, asRoot: start.root });
  return answers(machine, daemon, say);
}
