import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Tools } from "../../images/tools.ts";
import { TestbedGone } from "../../model/testbed.ts";
import { cgroupOf, leafOf } from "./cgroup.ts";
import { viewScript } from "./view.ts";

export interface KeeperOptions {
  /** Of this keeper alone, on the machine's disk. */
  readonly folder: string;
  readonly tools: Pick<Tools, "standin" | "busybox">;
  /** `machine`: package indexes can be fetched. `none`: a network of its own, with nothing in it. */
  readonly network: "machine" | "none";
}

/** The process that keeps the namespaces of a testbed on this machine; they end when it does, and it ends with ours. */
export interface Keeper {
  /** Its pid on the machine. */
  readonly pid: number;
  /** A command line in its namespaces, whose standard streams are the caller's. */
  spawn(argv: readonly string[], env: Readonly<Record<string, string>>): ChildProcess;
  /** Resolves when all that was started in it has ended. */
  end(): Promise<void>;
  /** From now on it outlives this process; resolves to the command lines that end it and wait until all of it has ended. */
  keep(): Promise<readonly (readonly string[])[]>;
}

/** Where testbeds have the harness's own programs. */
export const ownFolder = "/run/kata-verify";

const namespaces = ["mnt", "pid", "net", "ipc", "cgroup"] as const;
const flags: Readonly<Record<(typeof namespaces)[number], string>> = {
  ...{ mnt: "mount", pid: "pid", net: "net", ipc: "ipc", cgroup: "cgroup" },
};

/** Into the cgroup, where the machine has one tree of them; its namespace begins there, and programs are in a leaf of it. */
const begin = `
leaf=$1 folder=$2 own=$3; shift 3
if [ -n "$leaf" ]; then mkdir -p "$leaf" && echo 0 >"\${leaf%/*}/cgroup.procs" || exit; fi
exec unshare --cgroup sh -c '
  if [ -n "$1" ]; then echo 0 >"$1/cgroup.procs" || exit; fi
  shift
  exec "$@"
' sh "$leaf" "$@" "$folder" "$own"
`;

const enter = '[ -z "$1" ] || echo 0 >"$1/cgroup.procs" || exit; shift; exec "$@"';

const patienceMs = 60_000;

/** Rejects with `TestbedGone` where this machine does not let it come up. */
export async function openKeeper({ folder, tools, network }: KeeperOptions): Promise<Keeper> {
  await mkdir(join(folder, "view"));
  await writeFile(join(folder, "busybox"), tools.busybox, { mode: 0o755 });
  await writeFile(join(folder, "standin"), tools.standin, { mode: 0o755 });
  const leaf = leafOf(cgroupOf(folder));
  const own = ["unshare", "--mount", "--pid", "--ipc", ...(network === "none" ? ["--net"] : [])];
  const unshare = [...own, "--fork", "--kill-child", "--propagation", "private"];
  const argv = ["-c", begin, "sh", leaf, folder, ownFolder, ...unshare, "sh", "-c", viewScript, "sh"];
  const child = spawn("sh", argv, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => {});
  const ended = once(child, "close");
  const pid = await up(child);
  const opened = namespaces.map(name => openSync(`/proc/${pid}/ns/${name}`, "r"));
  // The descriptors of a spawned program are counted from 3.
  const into = namespaces.map((name, at) => `--${flags[name]}=/proc/self/fd/${at + 3}`);
  const state = { ended: false };
  return {
    pid,
    spawn: (command, env) => {
      if (state.ended || child.exitCode !== null || child.signalCode !== null)
        throw new TestbedGone("the namespaces of the testbed have ended");
      const inside = ["nsenter", ...into, "--", ...command];
      const stdio = ["pipe", "pipe", "pipe", ...opened] as const;
      // Detached, as a terminal's Ctrl-C is for the harness, and no part of what is observed.
      return spawn("sh", ["-c", enter, "sh", leaf, ...inside], { stdio: [...stdio], env, detached: true });
    },
    end: async () => {
      if (state.ended) return;
      state.ended = true;
      for (const one of opened) closeSync(one);
      child.stdin.destroy();
      child.stderr.destroy();
      await ended;
    },
    keep: async () => {
      const holder = spawn("sleep", ["infinity"], { stdio: [child.stdin, "ignore", "ignore"], detached: true });
      await once(holder, "spawn");
      holder.unref();
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      state.ended = true;
      for (const one of opened) closeSync(one);
      const isOver = ["tail", `--pid=${child.pid}`, "-f", "/dev/null"];
      return [["kill", String(holder.pid)], isOver];
    },
  };
}

async function up(child: ChildProcess): Promise<number> {
  let said = "";
  child.stderr?.on("data", chunk => {
    said = `${said}${chunk}`.slice(-4096);
  });
  const late = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  try {
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      const pid = /^up (\d+)$/.exec(line)?.[1];
      if (pid !== undefined) return Number(pid);
    }
  } catch {
    // What it said tells more.
  } finally {
    clearTimeout(late);
  }
  child.stdin?.destroy();
  throw new TestbedGone(`no view of this machine came about: ${said.trim()}`, "infra.no-privilege");
}
