import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Target } from "../model/target.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import { packageManagers } from "../packages/index.ts";
import type { Container, Engine, PutFile } from "../testbeds/engine.ts";
import { keep } from "../testbeds/vm/kept.ts";
import { baseImage } from "./base.ts";
import { type Cache, type Entry, labelsOf, lockPath, placeOf, recall, remember } from "./entry.ts";
import { keyOf } from "./key.ts";
import { hold, lock } from "./lock.ts";
import { openSteps } from "./steps.ts";

/** The harness's own programs, in an image of their own so that the runner's distro does not matter. */
export interface Tools {
  readonly imageId: string;
  /** Names everything that went in. */
  readonly key: string;
  /** Static programs for the runner's architecture. */
  readonly standin: Uint8Array;
  readonly busybox: Uint8Array;
}

export interface ToolsOptions {
  readonly cache: Cache;
  /** Id of the run. */
  readonly run: string;
  /** Folder of the stand-in's C sources. */
  readonly sources: string;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Changes with every change of how the image is made. */
const recipe = 1;

/** Milliseconds after which the tools are made again. */
const maxAgeMs = 30 * 24 * 3_600_000;

const kernels: Readonly<Record<Arch, readonly string[]>> = {
  amd64: ["qemu-system-x86", "linux-image-cloud-amd64"],
  arm64: ["qemu-system-arm", "linux-image-cloud-arm64"],
};

/** libarchive is what mke2fs opens to read a tar. */
const packages = (arch: Arch): readonly string[] => [
  ...kernels[arch],
  ...[
    "qemu-utils",
    "e2fsprogs",
    "libarchive13t64",
    "tcc",
    "musl-dev",
    "busybox-static",
    "socat",
    "xz-utils",
    "zstd",
    "lz4",
  ],
];

const base = Target.parse({
  id: "tools",
  title: "The harness's own programs",
  distro: "debian",
  release: "13",
  arches: ["amd64", "arm64"],
  packageManager: "apt",
  image: { reference: "docker.io/library/debian:13" },
  bootstrap: { tool: "mmdebstrap", suite: "trixie" },
  packages: { vmm: {}, virtiofsd: [], kernel: {} },
  sources: [{ fact: "package names", from: "packages.debian.org/trixie" }],
});

/** What dpkg does as root inside a container. */
const capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETFCAP", "SETGID", "SETUID", "SYS_CHROOT"];

const sourceFolder = "/usr/src/kata-verify";
/** Where the image has the stand-in. */
export const standinInTools = "/usr/lib/kata-verify/standin";
const busyboxPath = "/usr/bin/busybox";

/** musl's headers and start-up files with tcc's own: nothing of the base's C library gets in. */
const compileScript = `set -e
cd ${sourceFolder}
mkdir -p "$(dirname ${standinInTools})"
arch=$(uname -m)
musl=/usr/lib/$arch-linux-musl
tcc -static -nostdinc -nostdlib -I/usr/include/$arch-linux-musl -I/usr/lib/$arch-linux-gnu/tcc/include \\
  "$musl/crt1.o" "$musl/crti.o" ./*.c "$musl/libc.a" "$musl/crtn.o" -o ${standinInTools}
find /var/lib/apt/lists /var/cache/apt -type f -delete
`;

const Nothing = z.object({});

async function readSources(folder: string): Promise<PutFile[]> {
  const names = (await readdir(folder)).filter(name => /\.[ch]$/.test(name)).sort();
  return Promise.all(
    names.map(async name => ({
      path: `${sourceFolder}/${name}`,
      contents: await readFile(join(folder, name), "utf8"),
    })),
  );
}

/** Commands on the image before there is a stand-in on it: no time-out, no clean-up of what they leave. */
const unattended = (container: Container): Testbed => ({
  kind: "container",
  run: async ({ argv, env = {} }) => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await container.exec(argv, { env });
    return { argv, ending: { kind: "exited", code }, stdout, stderr, durationMs: performance.now() - startedAt };
  },
  write: (path, contents, mode = 0o644) => container.put([{ path, contents, mode }]),
  fetch: path => container.get(path),
  [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
});

/** Finds the tools or makes them. Rejects with `Unprepared` (a reason and a stage) or `TestbedGone`. */
export async function prepareTools(engine: Engine, options: ToolsOptions): Promise<Tools> {
  const { run, tell, signal } = options;
  const cache = { ...options.cache, maxAgeMs };
  const arch: Arch = process.arch === "arm64" ? "arm64" : "amd64";
  const sources = await readSources(options.sources);
  const from = await baseImage(engine, base, arch, { cache, emit: () => {}, tell, signal });
  const stand = sources.map(({ path, contents }) => ({ path, contents: String(contents) }));
  const key = keyOf({ recipe, arch, base: from.image.digest, packages: packages(arch), sources: stand });
  const waiting = () => tell("another run makes the harness's tools; waiting for them");
  await using _ = await lock(lockPath(cache, "rootfs", key), waiting, signal);
  const image = (await recall(engine, cache, "rootfs", key)) ?? (await make(engine, arch, from, key, sources, options));
  await hold(placeOf(cache, "rootfs", key), signal);
  const programs = await keep({
    cache: cache.folder,
    kind: "tools",
    key: keyOf({ image: image.imageId }),
    record: Nothing,
    fresh: cache.fresh,
    onWait: waiting,
    onChanged: path => tell(`${path} was changed; fetching the harness's tools again`),
    signal,
    make: async folder => {
      const common = { run, capabilities: [], devices: [], mounts: [], network: "none" } as const;
      await using container = await engine.start({ ...common, image: image.imageId });
      await writeFile(join(folder, "standin"), await container.get(standinInTools));
      await writeFile(join(folder, "busybox"), await container.get(busyboxPath));
      return { record: {}, files: [{ name: "standin" }, { name: "busybox" }] };
    },
  });
  const program = (name: string) => readFile(join(programs.folder, name));
  return { imageId: image.imageId, key, standin: await program("standin"), busybox: await program("busybox") };
}

async function make(
  engine: Engine,
  arch: Arch,
  from: Entry,
  key: string,
  sources: readonly PutFile[],
  { cache, run, tell, signal }: ToolsOptions,
): Promise<Entry> {
  tell("making the harness's tools");
  const common = { run, capabilities, devices: [], mounts: [], network: "bridge" } as const;
  await using container = await engine.start({ ...common, image: from.imageId });
  const stop = () => void container[Symbol.asyncDispose]();
  signal?.addEventListener("abort", stop);
  try {
    signal?.throwIfAborted();
    const { refresh, install, diagnose } = packageManagers.apt;
    const { must } = openSteps({ testbed: unattended(container), diagnose, emit: () => {}, tell, signal });
    await must("tools.refresh", refresh());
    await must("tools.packages", install(packages(arch)));
    await container.put(sources);
    await must("tools.standin", { argv: ["sh", "-c", compileScript], timeoutMs: 60_000 });
    const name = `kata-verify/tools:${arch}-${key.slice(0, 12)}`;
    const { id: imageId, sizeBytes } = await container.commit(labelsOf(cache, key), name);
    const of = `tools ${arch}`;
    const madeAt = new Date().toISOString();
    const image = from.image;
    const entry: Entry = { schemaVersion: 1, kind: "rootfs", key, of, imageId, sizeBytes, madeAt, image, events: [] };
    await remember(cache, entry);
    return entry;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
