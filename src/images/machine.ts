import type { Event, Package } from "../model/evidence.ts";
import type { Target } from "../model/target.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Rootfs } from "../observe/hands.ts";
import type { Emit } from "../observe/seen.ts";
import type { Change } from "../packages/apt-changes.ts";
import { packageManagers } from "../packages/index.ts";
import { takeStock } from "./install.ts";
import { keyOf } from "./key.ts";
import { openSteps } from "./steps.ts";

export interface InstalledOptions {
  /** This machine, with its network: the package indexes are fetched, for what is installed to be found in them. */
  readonly open: () => Promise<Testbed>;
  readonly target: Target;
  /** What this run has installed, as the user allowed. */
  readonly added: readonly Change[];
  readonly emit: Emit;
  readonly tell: (message: string) => void;
  readonly signal: AbortSignal;
}

/** What this machine has installed, and where that came from. Rejects with `Unprepared` or `TestbedGone`. */
export async function installedHere({ open, target, added, emit, tell, signal }: InstalledOptions): Promise<Rootfs> {
  const events: Event[] = [];
  const keep = (event: Event) => {
    events.push(event);
    emit(event);
  };
  await using testbed = await open();
  const stop = () => void testbed[Symbol.asyncDispose]();
  signal.addEventListener("abort", stop, { once: true });
  const manager = packageManagers[target.packageManager];
  const steps = openSteps({ testbed, diagnose: manager.diagnose, emit: keep, tell, signal });
  tell("fetching the package indexes, which stay in memory");
  await steps.must("install.refresh", manager.refresh());
  const names = new Set(added.map(({ name }) => name));
  const mark = (one: Package): Package => (names.has(one.name) ? { ...one, added: true } : one);
  const packages = (await takeStock(manager, target, [], steps)).map(mark);
  keep({ kind: "fact", name: "packages", value: packages });
  const key = keyOf(packages.map(({ name, version, arch }) => [name, version, arch]));
  keep({ kind: "fact", name: "rootfs", value: { key, cached: false } });
  keep({ kind: "noted", note: noteOf(added) });
  return { imageId: key, key, cached: false, events };
}

const noteOf = (added: readonly Change[]): string =>
  added.length === 0
    ? "On this machine itself; nothing was installed on it"
    : `On this machine itself, where this run installed, and left: ${added.map(({ name, version }) => `${name} ${version}`).join(", ")}`;
