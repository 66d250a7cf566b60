import type { Event, Package } from "../model/evidence.ts";
import type { Target } from "../model/target.ts";
import { type Testbed, TestbedGone } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import type { Emit } from "../observe/seen.ts";
import { packageManagers } from "../packages/index.ts";
import { openContainerTestbed } from "../testbeds/container.ts";
import type { Engine } from "../testbeds/engine.ts";
import {
  type Cache,
  type Entry,
  entryPath,
  labelsOf,
  lockPath,
  placeOf,
  readEntry,
  recall,
  remember,
} from "./entry.ts";
import { hold, lock, tryLock, usersLock } from "./lock.ts";
import { openSteps, type Steps } from "./steps.ts";

export interface LayerOptions {
  /** Id of the run. */
  readonly run: string;
  readonly cache: Cache;
  readonly standin: Uint8Array;
  readonly emit: Emit;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What is installed on top of an image. */
export interface LayerSpec {
  readonly target: Target;
  readonly arch: Arch;
  /** Names everything that goes in. */
  readonly key: string;
  readonly on: Entry;
  /** Resolves to all that is installed then. */
  readonly install: (testbed: Testbed, steps: Steps) => Promise<Package[]>;
}

export interface Layer {
  readonly entry: Entry;
  readonly cached: boolean;
}

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
 * Finds or makes it, and emits what was seen while it was made, in either case. Two runs at once make it once; nobody prunes it while
 * this process runs.
 * Rejects with `Unprepared` (a reason and a stage) or `TestbedGone`.
 */
export async function layer(engine: Engine, spec: LayerSpec, options: LayerOptions): Promise<Layer> {
  const { target, key } = spec;
  const { cache, emit, tell, signal } = options;
  const waiting = () => tell(`another run installs ${target.id}; waiting for it`);
  await using _ = await lock(lockPath(cache, "rootfs", key), waiting, signal);
  const kept = await recall(engine, cache, "rootfs", key);
  for (const event of kept?.events ?? []) emit(event);
  const entry = kept ?? (await make(engine, spec, options));
  await hold(placeOf(cache, "rootfs", key), signal);
  return { entry, cached: kept !== undefined };
}

/** The image that another one took the place of; where somebody uses it, it is left for a prune. */
async function removeReplaced(engine: Engine, cache: Cache, { key, imageId }: Entry): Promise<void> {
  await using alone = await tryLock(usersLock(placeOf(cache, "rootfs", key)));
  if (alone !== undefined) await engine.removeImage(imageId);
}

async function make(engine: Engine, spec: LayerSpec, { run, cache, standin, emit, tell, signal }: LayerOptions) {
  const { target, arch, key, on } = spec;
  const before = await readEntry(entryPath(cache, "rootfs", key));
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  await using testbed = await openContainerTestbed(engine, {
    image: on.imageId,
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
    signal?.throwIfAborted();
    const { diagnose } = packageManagers[target.packageManager];
    const packages = await spec.install(testbed, openSteps({ testbed, diagnose, emit: keep, tell, signal }));
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
      image: on.image,
      events,
    };
    await remember(cache, entry);
    if (before !== undefined && before.imageId !== facts.id) await removeReplaced(engine, cache, before);
    return entry;
  } catch (error) {
    if (error instanceof TestbedGone) signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
