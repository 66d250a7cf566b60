import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { onTestFinished } from "vitest";
import { ownerLabel } from "../../src/testbeds/engine/owner.ts";
import { cacheHome, type Ended, end, type Running, resultsOf, start } from "./pipeline.ts";

export interface WatchOptions {
  /** Where the engine listens, when it is not the runner's own. */
  readonly engine?: string;
  /** What stands between it and the run; the test itself goes around it. */
  readonly proxy?: string;
  readonly cache?: string;
  /** For temporary files; a folder of its own when absent. */
  readonly temporary?: string;
  readonly out?: string;
}

/** A run of `verify` that a test ends, and all that it made. */
export interface Watched {
  readonly running: Running;
  readonly out: string;
  readonly temporary: string;
  /** Resolves when it has printed that on standard error; rejects when it ends without. */
  until(text: RegExp): Promise<void>;
  /** Its end, and how many seconds it took from now. */
  ended(): Promise<Ended & { readonly tookSeconds: number }>;
  /** Pids of the processes of that name in its containers, with that among their arguments. */
  processes(name: string, argument?: string): Promise<number[]>;
  /** Ids of the containers that it has started and that still run. */
  containers(): Promise<string[]>;
  /** All that there is of it: containers, volumes, mounts, processes, files. */
  left(): Promise<string[]>;
}

/** A folder that is gone after the test, and that others may enter, as the system's own. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kv-clean-"));
  await chmod(path, 0o755);
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const text = (path: string) => readFile(path, "latin1").catch(() => "");

interface Made {
  readonly ids: Set<string>;
  readonly volumes: Set<string>;
  readonly folders: Set<string>;
}

/** Follows what the engine says of the containers of a process: the short-lived ones are in no list. */
async function followContainers(docker: Docker, pid: number): Promise<Made & { readonly stop: () => void }> {
  const made: Made = { ids: new Set(), volumes: new Set(), folders: new Set() };
  const filters = { event: ["start"], label: [ownerLabel] };
  const stream = (await docker.getEvents({ filters })) as Readable;
  const look = async (id: string) => {
    const found = await docker
      .getContainer(id)
      .inspect()
      .catch(() => undefined);
    const { MergedDir } = (found?.GraphDriver?.Data ?? {}) as { MergedDir?: string };
    if (MergedDir) made.folders.add(MergedDir);
    for (const { Type, Name } of found?.Mounts ?? []) if (Type === "volume" && Name) made.volumes.add(Name);
  };
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { Actor } = JSON.parse(line) as { Actor: { ID: string; Attributes: Record<string, string> } };
      if (!Actor.Attributes[ownerLabel]?.startsWith(`${pid}:`)) continue;
      made.ids.add(Actor.ID);
      void look(Actor.ID);
    }
  });
  stream.on("error", () => {});
  return { ...made, stop: () => stream.destroy() };
}

interface Process {
  readonly pid: number;
  readonly name: string;
  readonly said: string;
}

async function allProcesses(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async pid => ({
      pid: Number(pid),
      name: (await text(`/proc/${pid}/comm`)).trim(),
      said: `${await text(`/proc/${pid}/cgroup`)}${(await text(`/proc/${pid}/cmdline`)).replaceAll("\0", " ")}`,
    })),
  );
}

/** Names of temporary files of a process, in a folder and those right below it. */
async function filesOf(pid: number, folder: string, depth = 1): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async entry => {
    const path = join(folder, entry.name);
    if (new RegExp(`(?:^kata-verify|\\.part)-${pid}-`).test(entry.name)) return [path];
    return entry.isDirectory() && depth > 0 ? filesOf(pid, path, depth - 1) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Half-written files of results. */
async function halfWritten(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter(name => /\.tmp$|(?:^|\/)\.lock$/.test(name)).map(name => join(folder, name));
}

/** Starts `verify` and follows it. Its results are in the folder of that name. */
export async function watch(name: string, argv: readonly string[], options: WatchOptions = {}): Promise<Watched> {
  const { engine, cache = cacheHome, out = resultsOf(name) } = options;
  const temporary = options.temporary ?? (await temporaryFolder());
  if (options.out === undefined) await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const socket = engine ?? process.env["DOCKER_HOST"];
  const docker = socket === undefined ? new Docker() : new Docker({ socketPath: socket.replace("unix://", "") });
  const told = options.proxy ?? engine;
  const running = start(["verify", ...argv, "--out", out], {
    env: { XDG_CACHE_HOME: cache, TMPDIR: temporary, ...(told === undefined ? {} : { DOCKER_HOST: told }) },
  });
  const pid = running.pid ?? 0;
  const made = await followContainers(docker, pid);
  onTestFinished(() => {
    made.stop();
    running.kill("SIGKILL");
  });
  let printed = "";
  running.stderr?.on("data", chunk => {
    printed += chunk;
  });
  const isOurs = (said: string) =>
    said.includes(`kata-verify-${pid}-`) || [...made.ids, ...made.folders].some(one => said.includes(one));
  const all = async () => {
    const seen = await docker.listContainers({ all: true, filters: { label: [ownerLabel] } }).catch(() => []);
    return seen.filter(one => one.Labels[ownerLabel]?.startsWith(`${pid}:`));
  };
  return {
    running,
    out,
    temporary,
    until: wanted =>
      new Promise((resolve, reject) => {
        const look = () => wanted.test(printed) && resolve();
        running.stderr?.on("data", look);
        void running.then(() => reject(new Error(`it ended and never said ${wanted}:\n${printed}`)));
        look();
      }),
    ended: async () => {
      const from = performance.now();
      return { ...(await end(running)), tookSeconds: (performance.now() - from) / 1000 };
    },
    processes: async (wanted, argument = "") => {
      const ours = (await allProcesses()).filter(one => one.name.startsWith(wanted) && isOurs(one.said));
      return ours.filter(one => one.said.includes(argument)).map(one => one.pid);
    },
    // One that was made and never started ends with nobody: the next start removes it.
    containers: async () => (await all()).filter(({ State }) => State === "running").map(({ Id }) => Id),
    left: async () => {
      const volumes = (await docker.listVolumes().catch(() => undefined))?.Volumes ?? [];
      const mounts = (await text("/proc/self/mounts")).split("\n");
      return [
        ...(await all()).map(({ Id }) => `container ${Id}`),
        ...volumes.filter(({ Name }) => made.volumes.has(Name)).map(one => `volume ${one.Name}`),
        ...mounts.filter(line => isOurs(line)).map(line => `mount ${line}`),
        ...(await allProcesses()).filter(one => isOurs(one.said)).map(one => `process ${one.pid} ${one.said}`),
        ...(await filesOf(pid, join(cache, "kata-verify"))),
        ...(await readdir(temporary)).map(one => join(temporary, one)),
        ...(await halfWritten(out)),
      ];
    },
  };
}
