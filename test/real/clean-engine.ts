import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { execa } from "execa";
import { Evidence } from "../../src/model/evidence.ts";
import { cacheHome } from "./pipeline.ts";

/** A dockerd of the test's own, with the images that a run of `debian-13` needs and a cache that knows them. */
export interface OwnEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** For XDG_CACHE_HOME. */
  readonly cache: string;
  /** SIGKILL; what runs in containers runs on. */
  kill(): Promise<void>;
  /** Starts it once more; a daemon that starts ends what a killed one left running. */
  restart(): Promise<void>;
  /** All its containers together get so much and no swap; undefined for all there is. */
  limitMemory(mib: number | undefined): Promise<void>;
}

const asRoot = (argv: readonly string[]) => (process.getuid?.() === 0 ? argv : ["sudo", "-n", ...argv]);

/** Runs a program that only root may. */
export async function root(argv: readonly string[], input?: string): Promise<void> {
  const [program = "", ...rest] = asRoot(argv);
  await execa(program, rest, input === undefined ? {} : { input });
}

/** Waits until it is so; hooks have no expect.poll. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within a minute`);
    await sleep(200);
  }
}

const unlimited = { v1: "-1", v2: "max" } as const;

/** Where a memory cgroup is, and how each version of cgroups calls its limits, in the order of setting them. */
async function memoryGroup(name: string) {
  const isV2 = (await readdir("/sys/fs/cgroup")).includes("cgroup.controllers");
  const folder = join("/sys/fs/cgroup", isV2 ? "" : "memory", name);
  const set = (file: string, value: string) =>
    root(["sh", "-c", '[ ! -e "$0" ] || cat >"$0"', join(folder, file)], value);
  return {
    folder,
    limit: async (mib: number | undefined) => {
      const bytes = mib === undefined ? unlimited[isV2 ? "v2" : "v1"] : String(mib * 2 ** 20);
      if (isV2) await set("memory.swap.max", mib === undefined ? "max" : "0");
      await set(isV2 ? "memory.max" : "memory.limit_in_bytes", bytes);
    },
  };
}

/** The images that a run used, and what the cache remembers of them. */
async function imagesOf(results: string, cache: string): Promise<string[]> {
  const path = (await readdir(results, { recursive: true })).find(name => name.endsWith("evidence.json")) ?? "";
  const { facts } = Evidence.parse(JSON.parse(await readFile(join(results, path), "utf8")));
  const from = join(cacheHome, "kata-verify");
  const to = join(cache, "kata-verify");
  await mkdir(to, { recursive: true });
  for (const kind of ["base", "tools", "initramfs", "preflight"])
    await cp(join(from, kind), join(to, kind), { recursive: true });
  await mkdir(join(to, "rootfs"));
  const ids = new Set<string>();
  for (const kind of ["base", "rootfs"])
    for (const name of (await readdir(join(from, kind))).filter(one => one.endsWith(".json"))) {
      const text = await readFile(join(from, kind, name), "utf8");
      const { entry } = JSON.parse(text) as { entry: { of: string; key: string; imageId: string } };
      const isUsed = kind === "base" || entry.key === facts.rootfs?.key || entry.of.startsWith("tools ");
      if (!isUsed) continue;
      ids.add(entry.imageId);
      await cp(join(from, kind, name), join(to, kind, name));
    }
  return [...ids];
}

/** `results` are those of a run of debian-13 on the runner's own engine, from which the images come. */
export async function openOwnEngine(results: string): Promise<OwnEngine> {
  const folder = await mkdtemp(join(tmpdir(), "kv-engine-"));
  const at = (name: string) => join(folder, name);
  const name = `kv-test-${process.pid}`;
  const group = await memoryGroup(name);
  await root(["mkdir", "-p", group.folder]);
  const socketPath = at("socket");
  const docker = new Docker({ socketPath });
  const pid = async () => Number(await readFile(at("pid"), "utf8"));
  const isGone = async () => (await execa("pgrep", ["-f", `^dockerd.* ${folder}/`], { reject: false })).exitCode === 1;

  // In a network of its own: a daemon without a bridge removes docker0, which is the other daemon's.
  const begin = async () => {
    // A daemon that was killed leaves them, and the next one believes a process that has got the number since.
    await root(["rm", "-f", at("pid"), at("exec/containerd/containerd.pid")]);
    const own = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")];
    const apart = ["--containerd-namespace", name, "--containerd-plugins-namespace", `${name}-plugins`];
    const limits = ["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/${name}`];
    const quiet = ["--bridge", "none", "--iptables=false", "-H", `unix://${socketPath}`];
    const [program = "", ...rest] = asRoot(["unshare", "--net", "dockerd", ...own, ...apart, ...limits, ...quiet]);
    spawn(program, rest, { detached: true, stdio: "ignore" }).unref();
    const answers = () =>
      docker.ping().then(
        () => true,
        () => false,
      );
    await until("a dockerd that answers", answers);
    await root(["chmod", "666", socketPath]);
  };
  const end = async (signal: "KILL" | "TERM") => {
    await root(["kill", `-${signal}`, String(await pid())]);
    await until("the end of dockerd", isGone);
  };

  await begin();
  const source = new Docker();
  for (const id of await imagesOf(results, at("cache"))) {
    const said = await docker.loadImage(await source.getImage(id).get());
    for await (const _ of said);
  }
  return {
    address: `unix://${socketPath}`,
    cache: at("cache"),
    kill: () => end("KILL"),
    restart: begin,
    limitMemory: group.limit,
    [Symbol.asyncDispose]: async () => {
      await end("TERM");
      // A daemon that was killed leaves its mounts, and the next one mounts once more.
      const unmount = 'grep -o " $0/[^ ]* " /proc/self/mounts | sort -r | xargs -r umount --lazy';
      await root(["sh", "-c", unmount, folder]);
      await root(["rm", "-rf", folder]);
      await root(["rmdir", group.folder]);
    },
  };
}
