import type { Event } from "../model/evidence.ts";
import type { Target } from "../model/target.ts";
import { TestbedGone } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import type { Emit } from "../observe/seen.ts";
import { packageManagers } from "../packages/index.ts";
import { openContainerTestbed } from "../testbeds/container.ts";
import type { Engine } from "../testbeds/engine.ts";
import { baseImage } from "./base.ts";
import { type Candidate, readCandidates } from "./candidates.ts";
import { type Cache, type Entry, entryPath, labelsOf, lockPath, readEntry, recall, remember } from "./entry.ts";
import { install, wantedPackages } from "./install.ts";
import { keyOf } from "./key.ts";
import { lock } from "./lock.ts";
import { openSteps } from "./steps.ts";

/** A distro's root file system with the stack under test installed. */
export interface Rootfs {
  readonly imageId: string;
  /** Names everything that went in. */
  readonly key: string;
  readonly cached: boolean;
  /** All that was emitted about it. */
  readonly events: readonly Event[];
}

export interface PrepareOptions {
  /** Id of the run. */
  readonly run: string;
  readonly cache: Cache;
  readonly standin: Uint8Array;
  /** Paths of package files of the user. */
  readonly candidates: readonly string[];
  readonly emit: Emit;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Changes with every change of how a root file system is made. */
const recipe = 1;

/** What package managers do as root inside a container; nothing that reaches beyond it. */
const capabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETFCAP",
  "SETGID",
  "SETUID",
  "SYS_CHROOT",
] as const;

/**
 * Finds or makes it, and emits what was seen while it was made, in either case. Two runs at once make it once.
 * Rejects with `Unprepared` (a reason and a stage) or `TestbedGone`.
 */
export async function prepare(engine: Engine, target: Target, arch: Arch, options: PrepareOptions): Promise<Rootfs> {
  const { cache, emit, tell, signal } = options;
  const candidates = await readCandidates(options.candidates);
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  const base = await baseImage(engine, target, arch, { cache, emit: keep, tell, signal });
  const key = keyOf({
    recipe,
    arch,
    base: base.image.digest,
    packageManager: target.packageManager,
    repositories: target.repositories,
    packages: wantedPackages(target, arch),
    candidates: candidates.map(one => one.sha256),
  });
  const waiting = () => tell(`another run installs ${target.id}; waiting for it`);
  await using _ = await lock(lockPath(cache, "rootfs", key), waiting, signal);
  const kept = await recall(engine, cache, "rootfs", key);
  for (const event of kept?.events ?? []) keep(event);
  const entry = kept ?? (await make(engine, target, arch, base, key, candidates, { ...options, emit: keep }));
  keep({ kind: "fact", name: "rootfs", value: { key, cached: kept !== undefined } });
  return { imageId: entry.imageId, key, cached: kept !== undefined, events };
}

async function make(
  engine: Engine,
  target: Target,
  arch: Arch,
  base: Entry,
  key: string,
  candidates: readonly Candidate[],
  { run, cache, standin, emit, tell, signal }: PrepareOptions,
): Promise<Entry> {
  const before = await readEntry(entryPath(cache, "rootfs", key));
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  await using testbed = await openContainerTestbed(engine, {
    image: base.imageId,
    run,
    standin,
    capabilities,
    devices: [],
    mounts: [],
    network: "bridge",
  });
  const stop = () => void testbed[Symbol.asyncDispose]();
  signal?.addEventListener("abort", stop);
  try {
    const manager = packageManagers[target.packageManager];
    const steps = openSteps({ testbed, diagnose: manager.diagnose, emit: keep, tell, signal });
    const packages = await install(testbed, manager, target, arch, candidates, steps, tell);
    keep({ kind: "fact", name: "packages", value: packages });
    const name = `kata-verify/rootfs:${target.id}-${arch}-${key.slice(0, 12)}`;
    const facts = await testbed.container.commit(labelsOf(cache, key), name);
    const entry: Entry = {
      schemaVersion: 1,
      kind: "rootfs",
      key,
      of: `${target.id} ${arch}`,
      imageId: facts.id,
      sizeBytes: facts.sizeBytes,
      madeAt: new Date().toISOString(),
      image: base.image,
      events,
    };
    await remember(cache, entry);
    if (before !== undefined && before.imageId !== facts.id) await engine.removeImage(before.imageId);
    return entry;
  } catch (error) {
    if (error instanceof TestbedGone) signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
