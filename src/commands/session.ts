import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Cache } from "../images/entry.ts";
import { installedHere } from "../images/machine.ts";
import { prepare } from "../images/rootfs.ts";
import { sweepCache, sweepScratch } from "../images/scratch.ts";
import { prepareTools } from "../images/tools.ts";
import { runtimeCapabilities } from "../kata/capabilities.ts";
import type { Request } from "../model/cell.ts";
import type { Facts, Tool } from "../model/evidence.ts";
import type { Tell } from "../model/progress.ts";
import type { Hands } from "../observe/hands.ts";
import type { Change } from "../packages/apt-changes.ts";
import { offered, type RunnerFacts } from "../plan/testbed.ts";
import { virtiofsdCapabilities } from "../requirements/virtiofsd-options.ts";
import { openContainerTestbed } from "../testbeds/container.ts";
import { connectEngine } from "../testbeds/engine/connect.ts";
import type { Engine } from "../testbeds/engine.ts";
import { sweepCgroups } from "../testbeds/local/cgroup.ts";
import { openLocalTestbed } from "../testbeds/local/index.ts";
import { openVmTestbed } from "../testbeds/vm/index.ts";
import { preflight } from "../testbeds/vm/preflight.ts";
import { availableMiB, inSlot, openSlots, slotsIn } from "../testbeds/vm/slots.ts";
import type { Context } from "./context.ts";
import { cacheFolder } from "./folders.ts";
import { guestParts } from "./guest-parts.ts";
import { additionHands, kataHands } from "./kata-hands.ts";
import { runnerFacts, triedRunner, untriedRunner } from "./runner.ts";
import type { VerifyOptions } from "./verify-options.ts";

declare const BUILD: { readonly version: string; readonly commit: string };

const tool = (): Tool => ({ name: "kata-verify", ...BUILD });

/** What becomes of a testbed in the end is not the session's to say. */
export type CellHands = Omit<Hands, "beforeClose">;

/** What all cells of a run share. */
export interface Session {
  readonly tool: Tool;
  readonly runner: Pick<Facts, "runner" | "preflight">;
  /** What the plan goes by. */
  readonly plan: RunnerFacts;
  /** The effects of one cell, told under its name. Throws what kept the session from opening. */
  readonly hands: (tell: Tell, cell: string) => CellHands;
}

export interface SessionOptions {
  readonly context: Context;
  readonly options: VerifyOptions;
  readonly request: Request;
  /** What was installed on this machine itself. */
  readonly added: readonly Change[];
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** virtiofsd unshares namespaces for its sandbox, and mounts in them. */
const sandbox = ["SYS_ADMIN"];

/** Capabilities and devices of a container: what Kata's shim has on a host for the same, and no more. */
const uses = {
  contract: {
    capabilities: [...virtiofsdCapabilities, ...sandbox],
    devices: [],
    confinement: "vmm",
    // The VM that starts meanwhile is what the cell ends with: on few CPUs this one waits for it, not it for this one.
    cpuShares: 256,
  },
  guest: {
    capabilities: [...virtiofsdCapabilities, ...sandbox, "NET_ADMIN"],
    shmMiB: 1024,
    devices: ["/dev/kvm", "/dev/net/tun", "/dev/vhost-net", "/dev/vhost-vsock"],
    confinement: "vmm",
  },
  kata: {
    capabilities: runtimeCapabilities,
    shmMiB: 4096,
    devices: ["/dev/kvm", "/dev/net/tun", "/dev/vhost-net", "/dev/vhost-vsock"],
    confinement: "containers",
  },
} as const;

/** Root file systems older than this are made again, as packages move on. */
const maxAgeMs = 24 * 3_600_000;

const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/** Removes what runs left that were killed: they could not. */
async function sweep(engine: Engine, cache: string, say: (message: string) => void): Promise<void> {
  const containers = await engine.sweep();
  const files = (await sweepScratch()) + (await sweepCache(cache)) + (await sweepCgroups());
  if (containers + files > 0) say(`removed ${containers} containers and ${files} files that a killed run had left`);
}

/** Connects to the engine, makes the harness's tools ready, and finds out what this runner's KVM is worth. */
export async function openSession({
  context,
  options,
  request,
  added,
  tell,
  signal,
}: SessionOptions): Promise<Session> {
  const run = randomBytes(8).toString("hex");
  const folder = cacheFolder(context.env);
  const fresh = !options.cache;
  const cache: Cache = { folder, maxAgeMs, fresh };
  const say = (message: string) => tell({ kind: "said", message });
  const engine = await connectEngine({
    DOCKER_HOST: context.env["DOCKER_HOST"],
    XDG_RUNTIME_DIR: context.env["XDG_RUNTIME_DIR"],
  });
  await sweep(engine, folder, say);
  const tools = await prepareTools(engine, { cache, run, sources: join(context.root, "standin"), tell: say, signal });
  const memory = await availableMiB();
  const slots = openSlots(slotsIn(memory), memory);
  const seen = await preflight({ engine, tools, cache: folder, fresh, run, user, signal });
  const plan = triedRunner(seen);
  const brings = { engine, tools, run, cache: folder, context, signal };
  const [kata, addition] = [kataHands(brings), additionHands(brings)];
  const here = (network: "machine" | "none") => openLocalTestbed({ cache: join(folder, "local"), tools, network });
  const hands = (tellCell: Tell, cell: string): CellHands => ({
    rootfs: ({ target, arch, tier, kata, testbed }, emit) => {
      const tellInstall = (message: string) => tellCell({ kind: "doing", cell, stage: "install", message });
      if (testbed === "local")
        return installedHere({ open: () => here("machine"), target, added, emit, tell: tellInstall, signal });
      return prepare(engine, target, arch, {
        run,
        cache,
        standin: tools.standin,
        candidates: options.withPackage,
        files: options.withFile,
        also: tier !== "kata" ? [] : kata.source === "distro" ? ["containerd", "kata"] : ["containerd"],
        emit,
        tell: tellInstall,
        signal,
      });
    },
    local: () => here("none"),
    container: ({ imageId }, use) => {
      const { devices, ...rest } = uses[use];
      const there = devices.filter(path => existsSync(path));
      const spec = { image: imageId, run, standin: tools.standin, mounts: [], network: "none" } as const;
      return openContainerTestbed(engine, { ...spec, ...rest, devices: there });
    },
    tools: () => {
      const spec = { image: tools.imageId, run, standin: tools.standin, mounts: [], network: "none" } as const;
      return openContainerTestbed(engine, { ...spec, capabilities: [], devices: [] });
    },
    vm: (rootfs, kernelRelease, furnishing) =>
      inSlot(slots, signal, () =>
        openVmTestbed({
          engine,
          tools,
          rootfs,
          kernelRelease,
          arch: request.arch,
          furnishing,
          offered: offered("vm", request.arch, plan),
          cache: folder,
          fresh,
          run,
          user,
          tell: message => tellCell({ kind: "doing", cell, stage: "provision", message }),
          onConsoleLine: line => tellCell({ kind: "console", cell, line }),
          signal,
        }),
      ),
    kata: (planned, emit) =>
      kata(planned, emit, message => tellCell({ kind: "doing", cell, stage: "provision", message })),
    addition: (name, planned, emit) =>
      addition(name, planned, emit, message => tellCell({ kind: "doing", cell, stage: "provision", message })),
    guestParts: guestParts({ engine, tools, run, folder: join(folder, "initramfs"), fresh }),
  });
  return {
    tool: tool(),
    runner: { runner: runnerFacts(engine.name), preflight: seen },
    plan,
    hands,
  };
}

/** In place of a session that could not be opened: each cell writes down why. */
export const noSession = async (error: unknown): Promise<Session> => ({
  tool: tool(),
  runner: {},
  plan: await untriedRunner(),
  hands: () => {
    throw error;
  },
});
