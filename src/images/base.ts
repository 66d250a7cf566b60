import type { Seen } from "../model/command.ts";
import type { Event } from "../model/evidence.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Target } from "../model/target.ts";
import type { Arch } from "../model/words.ts";
import type { Emit } from "../observe/seen.ts";
import { packageManagers } from "../packages/index.ts";
import { type Engine, PullFailed } from "../testbeds/engine.ts";
import { bootstrap } from "./bootstrap.ts";
import { type Cache, type Entry, labelsOf, lockPath, placeOf, recall, remember } from "./entry.ts";
import { keyOf } from "./key.ts";
import { hold, lock } from "./lock.ts";
import { withoutAddresses } from "./mask.ts";
import { lastLines, Unprepared } from "./unprepared.ts";

export interface BaseOptions {
  readonly cache: Cache;
  readonly emit: Emit;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Changes with every change of how a base is made. */
const recipe = 1;

/** The distro's own root file system, before anything is installed; nobody prunes it while this process runs. Rejects with `Unprepared`. */
export async function baseImage(engine: Engine, target: Target, arch: Arch, options: BaseOptions): Promise<Entry> {
  const { cache, emit, tell, signal } = options;
  const digest = target.image.digest[arch];
  const key = keyOf({ recipe, arch, reference: target.image.reference, digest, bootstrap: target.bootstrap });
  const waiting = () => tell(`another run gets the base of ${target.id}; waiting for it`);
  await using _ = await lock(lockPath(cache, "base", key), waiting, signal);
  await hold(placeOf(cache, "base", key), signal);
  const kept = await recall(engine, cache, "base", key);
  if (kept !== undefined) {
    for (const event of kept.events) emit(event);
    return kept;
  }
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  const made = await fromRegistry(engine, target, arch, options).catch(error =>
    fromBootstrap(engine, target, arch, key, { ...options, emit: keep }, error),
  );
  keep({ kind: "fact", name: "image", value: made.image });
  const entry: Entry = {
    schemaVersion: 1,
    kind: "base",
    key,
    of: `${target.id} ${arch}`,
    madeAt: new Date().toISOString(),
    events,
    ...made,
  };
  await remember(cache, entry);
  return entry;
}

type Made = Pick<Entry, "imageId" | "sizeBytes" | "image">;

async function fromRegistry(engine: Engine, target: Target, arch: Arch, { tell, signal }: BaseOptions): Promise<Made> {
  const { reference } = target.image;
  const digest = target.image.digest[arch];
  tell(`pulling ${reference}`);
  const found = await engine.pull(reference, digest, { arch, onProgress: tell, signal });
  const image: Entry["image"] = { source: "registry", reference, digest: found.digest, pinned: digest !== undefined };
  return { imageId: found.id, sizeBytes: found.sizeBytes, image };
}

/** Only for a registry that does not answer: one that refuses, or has another image, is not passed over in silence. */
async function fromBootstrap(
  engine: Engine,
  target: Target,
  arch: Arch,
  key: string,
  { cache, emit, tell, signal }: BaseOptions,
  failure: unknown,
): Promise<Made> {
  if (!(failure instanceof PullFailed)) throw failure;
  const how = target.bootstrap;
  const down = failure.code === "infra.registry-down";
  if (!down || how === undefined) {
    const message = down ? `The image registry does not answer, and ${target.id} names no bootstrap` : undefined;
    throw new Unprepared("provision", reason(failure.code, message, failure.message), { cause: failure });
  }
  tell(`no registry answers; making ${target.id} with ${how.tool}`);
  const labels = labelsOf(cache, key);
  const { seen, image: made } = await bootstrap(
    engine,
    how,
    arch,
    labels,
    `kata-verify/base:${target.id}-${arch}-${key.slice(0, 12)}`,
    signal,
  );
  const masked = { ...seen, stderr: withoutAddresses(seen.stderr) };
  emit({ kind: "observed", step: "install.bootstrap", seen: masked });
  if (made === null) throw new Unprepared("provision", trouble(target, masked), { cause: failure });
  const reference = `${how.tool} ${how.suite}`;
  const image: Entry["image"] = { source: "bootstrap", reference, digest: made.digest, pinned: false };
  return { imageId: made.id, sizeBytes: made.sizeBytes, image };
}

function trouble(target: Target, seen: Seen): Reason {
  const known = packageManagers[target.packageManager].diagnose(seen);
  if (known !== null) return known;
  const tool = seen.argv[0];
  if (seen.ending.kind === "exited" && seen.ending.code === 127) {
    const message = `The image registry does not answer, and ${tool}, which would make the base instead, does not start`;
    return reason("infra.registry-down", message, lastLines(seen));
  }
  return reason("harness.output-unreadable", `${tool} failed for a reason that is not known`, lastLines(seen));
}
