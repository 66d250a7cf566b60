import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cache } from "../images/entry.ts";
import { prepare } from "../images/rootfs.ts";
import { prepareTools, type Tools } from "../images/tools.ts";
import type { Request } from "../model/cell.ts";
import type { Facts, Tool } from "../model/evidence.ts";
import type { Tell } from "../model/progress.ts";
import type { Hands } from "../observe/hands.ts";
import type { RunnerFacts } from "../plan/testbed.ts";
import { openContainerTestbed } from "../testbeds/container.ts";
import { connectEngine } from "../testbeds/engine/connect.ts";
import type { Engine } from "../testbeds/engine.ts";
import { openVmTestbed } from "../testbeds/vm/index.ts";
import { preflight } from "../testbeds/vm/preflight.ts";
import type { Context } from "./context.ts";
import { cacheFolder } from "./folders.ts";
import { runnerFacts } from "./runner.ts";
import type { VerifyOptions } from "./verify-options.ts";

declare const BUILD: { readonly version: string; readonly commit: string };

/** What all cells of a run share. */
export interface Session extends AsyncDisposable {
  readonly tool: Tool;
  readonly runner: Pick<Facts, "runner" | "preflight">;
  /** What the plan goes by. */
  readonly plan: RunnerFacts;
  /** The effects of one cell, told under its name. */
  readonly hands: (tell: Tell, cell: string) => Hands;
}

export interface SessionOptions {
  readonly context: Context;
  readonly options: VerifyOptions;
  readonly request: Request;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** What virtiofsd's own sandbox takes, as root of its user namespace or not. */
const virtiofsdCapabilities: readonly string[] = [
  ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETFCAP", "SETGID", "SETPCAP", "SETUID"],
  ...["SYS_ADMIN", "SYS_CHROOT"],
];

/** Capabilities and devices of a container: what Kata's shim has on a host for the same, and no more. */
const uses = {
  contract: { capabilities: virtiofsdCapabilities, devices: [], confinement: "vmm" },
  guest: {
    capabilities: [...virtiofsdCapabilities, "NET_ADMIN"],
    shmMiB: 1024,
    devices: ["/dev/kvm", "/dev/net/tun", "/dev/vhost-net", "/dev/vhost-vsock"],
    confinement: "vmm",
  },
} as const;

/** Root file systems older than this are made again, as packages move on. */
const maxAgeMs = 24 * 3_600_000;

const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/** Keeps what is made under a key, as a file of the cache. */
const keepIn =
  (folder: string, fresh: boolean) =>
  async (key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const path = join(folder, key);
    const kept = fresh ? undefined : await readFile(path).catch(() => undefined);
    if (kept) return kept;
    const made = await make();
    await mkdir(folder, { recursive: true });
    await writeFile(`${path}.${process.pid}`, made);
    await rename(`${path}.${process.pid}`, path);
    return made;
  };

function decompressWith(engine: Engine, tools: Tools, run: string) {
  const common = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  return async (program: "xz" | "zstd", contents: Uint8Array): Promise<Uint8Array> => {
    await using container = await engine.start({ ...common, image: tools.imageId, run });
    const { code, stdout, stderr } = await container.exec([program, "-dc"], { stdin: contents });
    if (code !== 0) throw new Error(`${program} could not decompress a kernel module: ${Buffer.from(stderr)}`);
    return stdout;
  };
}

/** Connects to the engine, makes the harness's tools ready, and finds out what this runner's KVM is worth. */
export async function openSession({ context, options, request, tell, signal }: SessionOptions): Promise<Session> {
  const run = randomBytes(8).toString("hex");
  const folder = cacheFolder(context.env);
  const fresh = !options.cache;
  const cache: Cache = { folder, maxAgeMs, fresh };
  const say = (message: string) => tell({ kind: "said", message });
  const engine = await connectEngine({
    DOCKER_HOST: context.env["DOCKER_HOST"],
    XDG_RUNTIME_DIR: context.env["XDG_RUNTIME_DIR"],
  });
  const swept = await engine.sweep();
  if (swept > 0) say(`removed ${swept} container(s) that a killed run had left`);
  const tools = await prepareTools(engine, { cache, run, sources: join(context.root, "standin"), tell: say, signal });
  const seen = await preflight({ engine, tools, cache: folder, run, user, signal });
  const hands = (tellCell: Tell, cell: string): Hands => ({
    rootfs: ({ target, arch }, emit) =>
      prepare(engine, target, arch, {
        run,
        cache,
        standin: tools.standin,
        candidates: options.withPackage,
        emit,
        tell: message => tellCell({ kind: "doing", cell, stage: "install", message }),
        signal,
      }),
    container: ({ imageId }, use) => {
      const { devices, ...rest } = uses[use];
      const there = devices.filter(path => existsSync(path));
      const spec = { image: imageId, run, standin: tools.standin, mounts: [], network: "none" } as const;
      return openContainerTestbed(engine, { ...spec, ...rest, devices: there });
    },
    vm: (rootfs, kernelRelease) =>
      openVmTestbed({
        engine,
        tools,
        rootfs,
        kernelRelease,
        arch: request.arch,
        preflight: seen,
        cache: folder,
        fresh,
        run,
        user,
        tell: message => tellCell({ kind: "doing", cell, stage: "provision", message }),
        onConsoleLine: line => tellCell({ kind: "console", cell, line }),
        signal,
      }),
    guestParts: {
      busybox: tools.busybox,
      standin: tools.standin,
      decompress: decompressWith(engine, tools, run),
      keep: keepIn(join(folder, "initramfs"), fresh),
    },
  });
  return {
    tool: { name: "kata-verify", ...BUILD },
    runner: { runner: runnerFacts(engine.name), preflight: seen },
    plan: { kvm: seen.kvm, vhostVsock: seen.vhostVsock, virtualized: seen.virtualized },
    hands,
    [Symbol.asyncDispose]: async () => {
      await engine.sweep();
    },
  };
}
