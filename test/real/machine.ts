import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeCapabilities } from "../../src/kata/capabilities.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { debianBase } from "./base-image.ts";
import { launcher } from "./launcher.ts";
import { cacheHome, root, run } from "./pipeline.ts";
import { tools } from "./tools.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** All that there is on it, a line each: folders, files with size and time, but what package managers log; packages; cgroups; processes. */
export interface Looked {
  readonly files: readonly string[];
  readonly packages: readonly string[];
  readonly cgroups: readonly string[];
  readonly processes: readonly string[];
}

/** A container that plays the machine of somebody who runs the harness on it, and reaches the runner's engine. */
export interface PlayedMachine extends AsyncDisposable {
  /** A folder that it shares with the runner, under one path. */
  readonly shared: string;
  /** Runs a program in the project's folder to its end. */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** The project's command line, as it was built on the runner. */
  verify(argv: readonly string[]): Promise<Ran>;
  /** The same for a user who is not root. */
  verifyAsUser(argv: readonly string[]): Promise<Ran>;
  /** The same for somebody at a terminal, who types a line. No argument has a space. Both streams are `stdout`. */
  verifyAtTerminal(argv: readonly string[], line: string): Promise<Ran>;
  /** Ends the command line that runs, with a signal such as `INT`. */
  kill(signal: string): Promise<void>;
  look(): Promise<Looked>;
}

/** A machine with Debian 13 has one tree of cgroups, and may write to it; a container may not, and has many where its host has. */
const oneTree =
  "cd /sys/fs/cgroup && if [ -e cgroup.controllers ]; then mount -o remount,rw .; else mount -t cgroup2 cgroup2 .; fi";

const looks = {
  files: `find / -xdev \\( -path /tmp -o -path /var/log -o -path /proc -o -path /sys \\) -prune -o -type d -print -o -printf '%p %y %s %Ts %l\\n'`,
  packages: "dpkg-query --show",
  cgroups: "find /sys/fs/cgroup -type d -name 'kata-verify-*'",
  processes: "for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$one 2>/dev/null; echo; done",
} as const;

/** Of the look itself. */
const isLook = (line: string) => /^(?:sh -c|tr|find|dpkg-query) /.test(line);

const lines = (text: string) =>
  text
    .split("\n")
    .filter(line => line !== "" && !isLook(line))
    .sort();

/** What came and went, a line each; none where two looks saw the same. */
export const changes = (before: Looked, after: Looked): string[] =>
  (["files", "packages", "cgroups", "processes"] as const).flatMap(what => [
    ...after[what].filter(one => !before[what].includes(one)).map(one => `+ ${one}`),
    ...before[what].filter(one => !after[what].includes(one)).map(one => `- ${one}`),
  ]);

/** A machine with Debian 13 and nothing installed, and Node from the runner. */
export async function playMachine(engine: Engine): Promise<PlayedMachine> {
  await run(["list", "targets"]);
  const shared = await mkdtemp(join(tmpdir(), "kv-machine-"));
  const { standin, busybox } = await tools(engine);
  await chmod(shared, 0o755);
  await mkdir(join(shared, "inside"));
  await writeFile(join(shared, "inside", "standin"), standin);
  await writeFile(join(shared, "inside", "busybox"), busybox);
  await writeFile(join(shared, "launch.mjs"), launcher);
  const cache = await realpath(cacheHome);
  const socket = "/var/run/docker.sock";
  const mount = (source: string, readOnly: boolean, target = source) => ({ source, target, readOnly });
  const container = await engine.start({
    image: await debianBase(engine),
    run: `test-${randomBytes(4).toString("hex")}`,
    capabilities: runtimeCapabilities,
    confinement: "containers",
    devices: ["/dev/net/tun"],
    network: "bridge",
    env: { TMPDIR: shared, XDG_CACHE_HOME: cache },
    mounts: [
      ...[mount(root, true), mount(cache, false), mount(shared, false), mount(socket, false)],
      mount(process.execPath, true, "/usr/bin/node"),
    ],
  });
  const exec = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    const { code, stdout, stderr } = await container.exec(["env", "-C", root, ...argv], { env });
    return { code, stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString() };
  };
  await exec(["sh", "-c", oneTree]);
  const pidFile = join(shared, "pid");
  const program = ["node", join(shared, "launch.mjs"), root];
  const script = 'echo $$ >"$1"; shift; exec "$@"';
  const terminal = 'echo "$1" | { shift; script -qec "$*" /dev/null; }';
  return {
    shared,
    run: exec,
    verify: argv => exec(["sh", "-c", script, "sh", pidFile, ...program, ...argv]),
    verifyAsUser: argv => exec(["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", ...program, ...argv]),
    verifyAtTerminal: (argv, line) => exec(["sh", "-c", terminal, "sh", line, ...program, ...argv]),
    kill: async signal => {
      // The program of that name is in a package of its own.
      const pid = (await readFile(pidFile, "utf8")).trim();
      const killed = await exec(["sh", "-c", 'kill "-$1" "$2"', "sh", signal, pid]);
      if (killed.code !== 0) throw new Error(`nothing was killed: ${killed.stderr}`);
    },
    look: async () => {
      // One after another: each would see the others' processes.
      const look = async (script: string) => lines((await exec(["sh", "-c", script])).stdout);
      const files = await look(looks.files);
      const packages = await look(looks.packages);
      const cgroups = await look(looks.cgroups);
      return { files, packages, cgroups, processes: await look(looks.processes) };
    },
    [Symbol.asyncDispose]: async () => {
      await container[Symbol.asyncDispose]();
      await rm(shared, { recursive: true, force: true });
    },
  };
}
