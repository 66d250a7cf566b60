import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";
import { vi } from "vitest";
import { listCache } from "../../src/images/cache.ts";
import { entryPath, readEntry } from "../../src/images/entry.ts";
import { asRoot, rootDoes } from "./as-root.ts";
import { docker as runners } from "./engine-socket.ts";
import { loadImage } from "./load-image.ts";
import { cacheHome, resultsOf } from "./pipeline.ts";

/** A dockerd of the test's own, with images of the runner's and a cache that knows them. */
export interface OwnEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** For XDG_CACHE_HOME. */
  readonly cache: string;
  /** SIGKILL, to the daemon alone. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** `$1` the folder. Waits until its input is closed, as it is when the test ends, however it ends; then leaves nothing. */
const keeper = `cat >/dev/null
if pid=$(cat "$1/pid") && kill "$pid"; then while kill -0 "$pid"; do sleep 0.1; done; fi 2>/dev/null
grep -o " $1/[^ ]* " /proc/self/mounts | sort -r | xargs -r umount --lazy
rm -rf "$1"`;

const patience = { timeout: 60_000, interval: 100 };

/** Brings the root file systems that a run has used since then, the tools' among them, and what the cache knows of them. */
async function bring(since: Date, into: Docker, cache: string): Promise<void> {
  const from = { folder: join(cacheHome, "kata-verify") };
  const rows = (await listCache(from)).filter(one => one.kind === "rootfs" && one.usedAt >= since.toISOString());
  if (rows.length === 0) throw new Error(`no image in ${from.folder} was used since ${since.toISOString()}`);
  const copy = async ({ kind, key }: (typeof rows)[number]) => {
    const entry = await readEntry(entryPath(from, kind, key));
    if (entry === undefined) throw new Error(`${entryPath(from, kind, key)} cannot be read`);
    await loadImage(into, await runners.getImage(entry.imageId).get(), entry, { folder: cache });
  };
  await Promise.all(rows.map(copy));
  await symlink(join(from.folder, "tools"), join(cache, "tools"));
}

/** `since`: before the run of which it has the images; what the contract tier needs of the cache is there, and no more. */
export async function openOwnEngine(since: Date): Promise<OwnEngine> {
  // Not under /tmp, which may be in memory: an image is most of a gigabyte.
  const folder = await mkdtemp("/var/tmp/kv-engine-");
  await chmod(folder, 0o755);
  const at = (name: string) => join(folder, name);
  const start = (argv: readonly [string, ...string[]], log: "ignore" | number) => {
    const [program, ...rest] = asRoot(argv);
    return spawn(program, rest, { detached: true, stdio: ["pipe", log, log] });
  };
  const kept = start(["sh", "-c", keeper, "sh", folder], "ignore");
  const close = async () => {
    kept.stdin?.end();
    await once(kept, "exit");
  };
  const docker = new Docker({ socketPath: at("socket") });
  await mkdir(at("cache/kata-verify"), { recursive: true });
  // The runner's own daemon.json may say what is said here, which dockerd refuses.
  await writeFile(at("daemon.json"), JSON.stringify({ features: { "containerd-snapshotter": false } }));

  // In a network of its own: a daemon without a bridge removes docker0, which is the other daemon's.
  const begin = async () => {
    await mkdir(resultsOf("own-engine"), { recursive: true });
    const log = await open(join(resultsOf("own-engine"), "dockerd.log"), "a");
    const own = ["--config-file", at("daemon.json"), "--data-root", at("data"), "--exec-root", at("exec")];
    const apart = [
      "--containerd-namespace",
      folder.slice(9),
      "--containerd-plugins-namespace",
      `${folder.slice(9)}-plugins`,
    ];
    const quiet = ["--bridge", "none", "--iptables=false", "--pidfile", at("pid"), "--host", `unix://${at("socket")}`];
    start(["unshare", "--net", "dockerd", ...own, ...apart, ...quiet], log.fd).unref();
    await log.close();
    await vi.waitFor(() => rootDoes(["chmod", "666", at("socket")]), patience);
    await vi.waitFor(() => docker.ping(), patience);
  };
  try {
    await begin();
    await bring(since, docker, at("cache/kata-verify"));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    address: `unix://${at("socket")}`,
    cache: at("cache"),
    kill: async () => {
      const pid = (await readFile(at("pid"), "utf8")).trim();
      await rootDoes(["kill", "-KILL", pid]);
      await vi.waitUntil(() => !existsSync(`/proc/${pid}`), patience);
      // The next one believes a process that has got the number since, and so does whoever ends it.
      await rootDoes(["rm", "-f", at("pid"), at("exec/containerd/containerd.pid")]);
    },
    restart: begin,
    [Symbol.asyncDispose]: close,
  };
}
