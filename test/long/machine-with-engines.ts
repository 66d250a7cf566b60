import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { build } from "esbuild";
import { execa } from "execa";
import { baseImage } from "../../src/images/base.ts";
import { type Entry, entryPath, readEntry } from "../../src/images/entry.ts";
import { prepare } from "../../src/images/rootfs.ts";
import { Target } from "../../src/model/target.ts";
import type { Testbed } from "../../src/model/testbed.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { openVmTestbed } from "../../src/testbeds/vm/index.ts";
import { arch, testCache } from "../real/base-image.ts";
import { docker } from "../real/engine-socket.ts";
import { launcher } from "../real/launcher.ts";
import { resultsOf, root, run } from "../real/pipeline.ts";
import { tools } from "../real/tools.ts";

/** A machine that has what this project needs of one: KVM, container engines, Node; and the project, with the images of a run. */
export interface MachineWithEngines extends AsyncDisposable {
  /** Runs a script in the project's folder to its end and returns what it printed; rejects where it fails, unless it may. */
  sh(script: string, options: { readonly timeoutMs: number; readonly mayFail?: boolean }): Promise<string>;
  write(path: string, contents: Uint8Array): Promise<void>;
  /** Brings a folder into one of the test's results, which is emptied before; resolves to that. */
  bring(folder: string, name: string): Promise<string>;
}

/** Where things are in it. */
export const inside = {
  project: "/root/kata-verify/",
  images: "/var/lib/images",
  load: ".cache/load-images.mjs",
  launch: ".cache/launch.mjs",
} as const;

const engines = ["docker.io", "podman", "crun", "netavark", "aardvark-dns"];
/** What `verify` asks of a runner of Debian's beside an engine. */
const runners = ["mmdebstrap", "debian-archive-keyring", "nodejs"];
const shipped = [
  ...["dist", "images", "kata", "scenarios", "schemas", "src", "standin", "test", "node_modules"],
  ...["package.json", "package-lock.json", "tsconfig.json", "vitest.real.config.ts"],
];
/** What only checking and formatting needs, half of all. */
const left = ["node_modules/@biomejs", "node_modules/typescript", "node_modules/@typescript", "*.map"];

/** A root file system that a run takes is made again after a day, for which there is no network in there. */
const youngMs = 20 * 3_600_000;

const readTarget = async (name: string, more: readonly string[] = []) => {
  const file = JSON.parse(await readFile(join(root, "images", `${name}.json`), "utf8"));
  file.packages.harness.push(...more);
  return Target.parse(file);
};

/** What a run of the guest tier takes from the cache, and what the tests of testbeds do. */
async function neededEntries(engine: Engine): Promise<readonly Entry[]> {
  const target = await readTarget("debian-13");
  const { key: toolsKey, standin } = await tools(engine);
  const base = await baseImage(engine, target, arch, { cache: testCache, emit: () => {}, tell: () => {} });
  const rootfs = await prepare(engine, target, arch, {
    ...{ run: "test-kvm", cache: { ...testCache, maxAgeMs: youngMs }, standin, candidates: [] },
    ...{ emit: () => {}, tell: () => {} },
  });
  const made = await Promise.all([rootfs.key, toolsKey].map(key => readEntry(entryPath(testCache, "rootfs", key))));
  return [base, ...made.filter(entry => entry !== undefined)];
}

/** The project as one tar, and in it the programs that load images and start its command line. */
async function project(): Promise<Uint8Array> {
  await run(["list", "targets"]);
  const folder = await mkdtemp(join(tmpdir(), "kv-inside-"));
  try {
    await mkdir(join(folder, ".cache"));
    const entryPoints = [join(root, "test", "inside", "load-images.ts")];
    const outfile = join(folder, inside.load);
    await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", packages: "external" });
    await writeFile(join(folder, inside.launch), launcher);
    const without = left.map(pattern => `--exclude=${pattern}`);
    const argv = ["-c", ...without, "-C", root, ...shipped, "-C", folder, ".cache"];
    return (await execa("tar", argv, { encoding: "buffer", maxBuffer: 2 ** 30 })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ship(testbed: Testbed, entries: readonly Entry[]): Promise<void> {
  for (const [at, entry] of entries.entries()) {
    const tar = await docker.getImage(entry.imageId).get();
    await testbed.write(`${inside.images}/${at}.tar`, await buffer(tar));
    await testbed.write(`${inside.images}/${at}.json`, JSON.stringify(entry));
  }
  await testbed.write("/var/tmp/project.tar", await project());
}

/** Debian 13 with its own kernel, engines and Node on an emulated processor. */
export async function openMachineWithEngines(engine: Engine): Promise<MachineWithEngines> {
  const entries = await neededEntries(engine);
  const target = await readTarget("debian-13", [...engines, ...runners]);
  const made = await tools(engine);
  const rootfs = await prepare(engine, target, arch, {
    ...{ run: "test-kvm", cache: testCache, standin: made.standin, candidates: [], emit: () => {}, tell: () => {} },
  });
  const testbed = await openVmTestbed({
    ...{ engine, tools: made, rootfs, kernelRelease: await kernelIn(engine, rootfs.imageId), arch },
    ...{ offered: "kvm-emulated", user: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`, memoryMiB: 6144 },
    ...{ cache: testCache.folder, fresh: false, tell: () => {}, onConsoleLine: () => {} },
    run: `test-${randomBytes(4).toString("hex")}`,
  });
  const sh: MachineWithEngines["sh"] = async (script, { timeoutMs, mayFail = false }) => {
    const folder = `mkdir -p ${inside.project} && cd ${inside.project} || exit\n`;
    const { ending, stdout, stderr } = await testbed.run({ argv: ["sh", "-c", `${folder}${script}`], timeoutMs });
    const said = `${Buffer.from(stdout)}${Buffer.from(stderr)}`;
    const succeeded = ending.kind === "exited" && (mayFail || ending.code === 0);
    if (!succeeded) throw new Error(`${JSON.stringify(ending)}\n${script}\n${said}`);
    return said;
  };
  try {
    await ship(testbed, entries);
    await sh("tar -xf /var/tmp/project.tar && rm /var/tmp/project.tar", { timeoutMs: 300_000 });
  } catch (error) {
    await testbed[Symbol.asyncDispose]();
    throw error;
  }
  return {
    sh,
    write: (path, contents) => testbed.write(path, contents),
    bring: async (folder, name) => {
      await sh(`tar -cf /var/tmp/brought.tar -C ${folder} .`, { timeoutMs: 60_000 });
      const to = resultsOf(name);
      await rm(to, { recursive: true, force: true });
      await mkdir(to, { recursive: true });
      await execa("tar", ["-x", "-C", to], { input: await testbed.fetch("/var/tmp/brought.tar") });
      return to;
    },
    [Symbol.asyncDispose]: () => testbed[Symbol.asyncDispose](),
  };
}

async function kernelIn(engine: Engine, image: string): Promise<string> {
  const common = { capabilities: [], devices: [], mounts: [], network: "none", run: "test-kvm" } as const;
  await using container = await engine.start({ ...common, image });
  return String(Buffer.from((await container.exec(["ls", "/usr/lib/modules"])).stdout)).trim();
}
