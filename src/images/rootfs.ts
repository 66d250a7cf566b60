import type { Event } from "../model/evidence.ts";
import type { Target } from "../model/target.ts";
import type { Arch } from "../model/words.ts";
import { packageManagers } from "../packages/index.ts";
import type { Engine } from "../testbeds/engine.ts";
import { baseImage } from "./base.ts";
import { placeBrought, readBrought, type UserFile } from "./brought.ts";
import { readCandidates } from "./candidates.ts";
import { type Extra, install, installCandidates, takeStock, wantedPackages } from "./install.ts";
import { keyOf } from "./key.ts";
import { type Layer, type LayerOptions, layer } from "./layer.ts";

/** A distro's root file system with the stack under test installed. */
export interface Rootfs {
  readonly imageId: string;
  /** Names everything that went in. */
  readonly key: string;
  readonly cached: boolean;
  /** All that was emitted about it. */
  readonly events: readonly Event[];
}

export interface PrepareOptions extends LayerOptions {
  /** Paths of package files of the user. */
  readonly candidates: readonly string[];
  /** Parts that the user built. */
  readonly files?: readonly UserFile[];
  /** Beside what every tier takes. */
  readonly also?: readonly Extra[];
}

/** Changes with every change of how a root file system is made. */
const recipe = 1;

/**
 * Finds or makes it, and emits what was seen while it was made, in either case. The user's package files and
 * parts are a layer of their own on what the distro ships, so that trying another build takes no longer than installing that build.
 * Rejects with `Unprepared` (a reason and a stage), with `TestbedGone`, or as `readFile` does for a file of the user's.
 */
export async function prepare(engine: Engine, target: Target, arch: Arch, options: PrepareOptions): Promise<Rootfs> {
  const { cache, emit, tell, signal } = options;
  const candidates = await readCandidates(options.candidates);
  const brought = await readBrought(options.files ?? []);
  const facts = brought.map(({ fact }) => fact);
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  const wanted = wantedPackages(target, arch, options.also ?? []);
  const manager = packageManagers[target.packageManager];
  const keeping = { ...options, emit: keep };
  const base = await baseImage(engine, target, arch, { cache, emit: keep, tell, signal });
  const shipped = await layer(
    engine,
    {
      target,
      arch,
      key: keyOf({
        recipe,
        arch,
        base: base.image.digest,
        packageManager: target.packageManager,
        repositories: target.repositories,
        packages: wanted,
      }),
      on: base,
      install: (_, steps) => install(manager, target, wanted, steps, tell),
    },
    keeping,
  );
  const onTop = (): Promise<Layer> =>
    layer(
      engine,
      {
        target,
        arch,
        key: keyOf({
          recipe,
          on: shipped.entry.imageId,
          candidates: candidates.map(one => one.sha256),
          ...(facts.length === 0 ? {} : { brought: facts.map(({ part, sha256 }) => `${part} ${sha256}`) }),
        }),
        on: shipped.entry,
        install: async (testbed, steps) => {
          await placeBrought(testbed, brought);
          return candidates.length === 0
            ? takeStock(manager, target, [], steps)
            : installCandidates(testbed, manager, target, candidates, steps, tell);
        },
      },
      keeping,
    );
  const { entry, cached } = candidates.length + brought.length === 0 ? shipped : await onTop();
  if (facts.length > 0) keep({ kind: "fact", name: "brought", value: facts });
  keep({ kind: "fact", name: "rootfs", value: { key: entry.key, cached } });
  return { imageId: entry.imageId, key: entry.key, cached, events };
}
