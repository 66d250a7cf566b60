import { Unprepared } from "../images/unprepared.ts";
import type { PlannedCell } from "../model/cell.ts";
import type { Event, Facts, Tool } from "../model/evidence.ts";
import type { Tell } from "../model/progress.ts";
import { reason } from "../model/reason.ts";
import type { KeepableTestbed } from "../model/testbed.ts";
import type { Stage, Tier } from "../model/words.ts";
import { JournalLost } from "../results/journal.ts";
import { observeContract } from "./contract.ts";
import { exercise } from "./exercise.ts";
import { together } from "./guest/together.ts";
import type { Hands, Rootfs } from "./hands.ts";
import { broughtParts, installedPackages } from "./installed.ts";
import { findParts } from "./parts.ts";
import { addingRetries } from "./retries.ts";
import type { Emit } from "./seen.ts";
import { reasonOf } from "./trouble.ts";

export interface CellObserver {
  readonly cell: PlannedCell;
  readonly tool: Tool;
  readonly requireKvm: boolean;
  /** Facts of the runner, the same for every cell of a run. */
  readonly runner: Pick<Facts, "runner" | "preflight">;
  /** Throws what keeps every cell of the run from being observed. */
  readonly hands: () => Hands;
  readonly emit: Emit;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** The name of a cell for people. */
export const nameOf = ({ target, scenario }: Pick<PlannedCell, "target" | "scenario">) => `${target.id} ${scenario.id}`;

/**
 * Runs the work of tiers, or of all where none is named; what keeps it from going on is written down. Resolves to what only
 * a bug can have thrown.
 */
export type Guard = (stage: Stage, tiers: readonly Tier[], work: () => Promise<void>) => Promise<unknown>;

function guarding({ emit, signal }: CellObserver): Guard {
  return async (stage, tiers, work) => {
    try {
      signal.throwIfAborted();
      await work();
      signal.throwIfAborted();
      return undefined;
    } catch (error) {
      if (error instanceof JournalLost) throw error;
      const known = reasonOf(error, signal);
      const why =
        known ?? reason("harness.bug", undefined, error instanceof Error ? (error.stack ?? "") : String(error));
      const where = error instanceof Unprepared ? error.stage : stage;
      for (const tier of tiers.length > 0 ? tiers : [undefined])
        emit({ kind: "stopped", stopped: { stage: where, ...(tier ? { tier } : {}), reason: why } });
      return known ? undefined : error;
    }
  };
}

function opened({ cell, tool, requireKvm }: CellObserver): Event {
  const { target, scenario, arch, tier, testbed, because } = cell;
  const request = { tier, testbed, because, requireKvm };
  return { kind: "opened", schemaVersion: 1, tool, cell: { target, scenario, arch }, request };
}

async function provision(observer: CellObserver, guard: Guard): Promise<unknown[]> {
  const { cell, emit } = observer;
  const { tier, testbed } = cell;
  const hands = observer.hands();
  const rootfs = await hands.rootfs(cell, emit);
  const inVm = tier !== "contract" && testbed === "vm";
  const opening = testbed === "local" ? hands.local() : hands.container(rootfs, inVm ? "contract" : tier);
  await using container = await opening;
  try {
    return await tiers({ ...observer, hands, rootfs, container }, guard);
  } finally {
    if (!inVm) await hands.beforeClose(container);
  }
}

interface Provisioned extends Omit<CellObserver, "hands"> {
  readonly hands: Hands;
  readonly rootfs: Rootfs;
  readonly container: KeepableTestbed;
}

async function tiers(provisioned: Provisioned, guard: Guard): Promise<unknown[]> {
  const { cell, hands, rootfs, container, emit, tell, signal } = provisioned;
  const { target, scenario, arch, tier } = cell;
  const doing = (stage: Stage, message: string) => tell({ kind: "doing", cell: nameOf(cell), stage, message });
  doing("configure", "looking for the parts of the stack");
  const brought = broughtParts(rootfs);
  const parts = await findParts({ testbed: container, target, scenario, arch, brought, emit });
  const contract = guard("exercise", ["contract"], async () => {
    if (tier === "contract") doing("exercise", "asking the parts what they can do");
    await observeContract({
      testbed: container,
      target,
      scenario,
      arch,
      parts,
      packages: installedPackages(rootfs),
      brought,
      tools: hands.tools,
      emit,
      signal,
    });
  });
  const further = tier === "contract" ? [] : exercise({ ...provisioned, contract, parts, guard, doing });
  const [bug, bugs] = await together([contract, further]);
  return [bug, ...bugs];
}

/**
 * Observes a cell to its end and writes everything into its journal. Never rejects for what happens to the distro, the testbed or the
 * runner; rejects with `JournalLost` when nothing more can be written, and with what only a bug can have thrown, after it is written down.
 */
export async function observeCell(asked: CellObserver): Promise<void> {
  const observer = { ...asked, emit: addingRetries(asked.emit) };
  const { cell, emit, runner } = observer;
  emit(opened(observer));
  for (const [name, value] of Object.entries(runner)) emit({ kind: "fact", name, value });
  if (cell.notApplicable !== undefined) {
    const why = reason("catalog.not-shipped", cell.notApplicable);
    emit({ kind: "stopped", stopped: { stage: "provision", reason: why } });
    emit({ kind: "closed" });
    return;
  }
  const guard = guarding(observer);
  const bugs: unknown[] = [];
  bugs.push(
    await guard("provision", [], async () => {
      bugs.push(...(await provision(observer, guard)));
    }),
  );
  emit({ kind: "closed" });
  const bug = bugs.find(one => one !== undefined);
  if (bug !== undefined) throw bug;
}
