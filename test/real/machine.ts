import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Tools } from "../../src/images/tools.ts";
import { cacheHome, root } from "./pipeline.ts";

/** A container that plays the machine of somebody who runs the harness on it, with the runner's engine to reach. */
export interface PlayedMachine extends AsyncDisposable {
  /** A folder that it shares with the runner, under one path; empty. */
  readonly shared: string;
  /** Runs a program on it to its end. */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof exec>;
  /** The project's command line, as root of it or as a user. */
  verify(argv: readonly string[], user?: string): ReturnType<typeof exec>;
  /** Starts the command line; `kill` ends it with the signal, and resolves when it has ended. */
  start(argv: readonly string[]): { readonly kill: (signal: string) => Promise<void> };
  /** All that there is on it: a line for each file with its size and time, but what package managers log; for each package; for each process. */
  look(): Promise<{ readonly files: string[]; readonly packages: string[]; readonly processes: string[] }>;
}

const exec = (name: string, argv: readonly string[], options: readonly string[]) =>
  execa("docker", ["exec", "-w", root, ...options, name, ...argv], { reject: false, stdin: "ignore", all: true });

/** What takes namespaces, mounts, and networks of its own; it has a disk and processes of its own. */
const rights = ["--cap-add=SYS_ADMIN", "--cap-add=NET_ADMIN", "--security-opt=seccomp=unconfined"];
const confined = ["--security-opt=apparmor=unconfined", "--device=/dev/net/tun"];

const launcher = `
import { readFileSync } from "node:fs";
const [root, ...argv] = process.argv.slice(2);
const { folder } = JSON.parse(readFileSync(root + "dist/build.json", "utf8"));
const { main } = await import(root + "dist/" + folder + "/main.js");
process.exitCode = await main(argv, root);
`;

const filesScript =
  "find / -xdev \\( -path /tmp -o -path /var/log -o -path /proc -o -path /sys \\) -prune -o -printf '%p %y %s %Ts %l\\n'";
const packagesScript = "dpkg-query --show";
const processesScript = "for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$one 2>/dev/null; echo; done";

const lines = (text: string) => text.split("\n").filter(Boolean).sort();

/** The image's own user is root, and it has Node from the runner. The build of the project is made before. */
export async function playMachine(image: string, tools: Pick<Tools, "standin" | "busybox">): Promise<PlayedMachine> {
  await execa(process.execPath, [join(root, "bin", "kata-verify.mjs"), "list", "targets"]);
  const shared = await mkdtemp(join(tmpdir(), "kv-machine-"));
  await mkdir(join(shared, "inside"));
  await writeFile(join(shared, "inside", "standin"), tools.standin, { mode: 0o755 });
  await writeFile(join(shared, "inside", "busybox"), tools.busybox, { mode: 0o755 });
  await writeFile(join(shared, "launch.mjs"), launcher);
  const cache = await realpath(cacheHome);
  const name = `kv-machine-${createHash("sha256").update(shared).digest("hex").slice(0, 12)}`;
  const mounts = [
    `${root}:${root}:ro`,
    `${cache}:${cache}`,
    `${shared}:${shared}`,
    `${process.execPath}:/usr/bin/node:ro`,
  ];
  const socket = "/var/run/docker.sock";
  const given = [...mounts, `${socket}:${socket}`].flatMap(mount => ["-v", mount]);
  const env = ["-e", `TMPDIR=${shared}`, "-e", `XDG_CACHE_HOME=${cache}`];
  await execa("docker", [
    ...[
      "run",
      "-d",
      "--name",
      name,
      "--entrypoint",
      "sleep",
      ...rights,
      ...confined,
      ...given,
      ...env,
      image,
      "infinity",
    ],
  ]);
  // A container's tree of cgroups is read-only; a machine's is not.
  const writable = "[ ! -e /sys/fs/cgroup/cgroup.controllers ] || mount -o remount,rw /sys/fs/cgroup";
  await exec(name, ["sh", "-c", writable], []);
  const command = (argv: readonly string[]) => ["node", join(shared, "launch.mjs"), root, ...argv];
  const say = async (script: string) => lines((await exec(name, ["sh", "-c", script], [])).stdout);
  return {
    shared,
    run: (argv, more = {}) =>
      exec(
        name,
        argv,
        Object.entries(more).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
      ),
    verify: (argv, user = "0:0") => exec(name, command(argv), ["-u", user]),
    start: argv => {
      const pidFile = join(shared, "pid");
      const script = 'echo $$ >"$1"; shift; exec "$@"';
      const running = exec(name, ["sh", "-c", script, "sh", pidFile, ...command(argv)], []);
      return {
        kill: async signal => {
          await exec(name, ["sh", "-c", `kill -${signal} ${(await readFile(pidFile, "utf8")).trim()}`], []);
          await running;
        },
      };
    },
    look: async () => ({
      files: await say(filesScript),
      packages: await say(packagesScript),
      processes: (await say(processesScript)).filter(line => !/^(?:sh -c|tr|find) /.test(line)),
    }),
    [Symbol.asyncDispose]: async () => {
      await execa("docker", ["rm", "-f", name]);
      await rm(shared, { recursive: true, force: true });
    },
  };
}
