import type { Facts } from "../model/evidence.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Acceleration, Stage, Tier } from "../model/words.ts";
import type { CellObserver, Guard } from "./cell.ts";
import { nameOf } from "./cell.ts";
import { type GuestImage, guestImage } from "./guest/image.ts";
import { observeGuest } from "./guest.ts";
import type { Hands, Rootfs, VmTestbed } from "./hands.ts";
import { observeHost } from "./host.ts";
import { type Furnished, prepareKata } from "./kata/prepare.ts";
import { observeKata } from "./kata.ts";
import { standinPath } from "./standin-path.ts";
import { timeScale } from "./time-scale.ts";

export interface Exercise extends Omit<CellObserver, "hands"> {
  readonly hands: Hands;
  readonly rootfs: Rootfs;
  /** Has the root file system under test; the guest boots in it unless the plan says `vm`. */
  readonly container: Testbed;
  readonly parts: NonNullable<Facts["paths"]>;
  /** Settles when the contract tier has been observed, beside this one. */
  readonly contract: Promise<unknown>;
  readonly guard: Guard;
  readonly doing: (stage: Stage, message: string) => void;
}

/** Fresh testbeds after the first, when the emulation stalled before anything was seen. */
const freshMost = 2;

/** A tier that boots something, on a testbed that is up. `stalled`: the emulation did, and nothing was seen. */
type Tried = (testbed: Testbed, how: How) => Promise<{ readonly stalled: boolean }>;

export interface How {
  /** What the testbed can give a guest. */
  readonly offered: Acceleration;
  readonly timeScale: number;
}

interface Attempt {
  readonly tier: Tier;
  readonly attempt: Tried;
}

/** The tiers in which guests are booted, on the testbed that the plan chose. Resolves to what only bugs can have thrown. */
export async function exercise(one: Exercise): Promise<unknown[]> {
  const { cell, guard } = one;
  const furnished = cell.tier === "kata" ? prepareKata(one) : Promise.resolve({ bugs: [], kata: undefined });
  const bugs: unknown[] = [];
  const tiers: Tier[] = cell.tier === "kata" ? ["guest", "kata"] : ["guest"];
  bugs.push(
    await guard("exercise", tiers, async () => {
      const attempts = [...guestAttempt(one), ...kataAttempt(one, furnished)];
      bugs.push(...(cell.testbed === "vm" ? await inVms(one, attempts, furnished) : await inContainer(one, attempts)));
    }),
  );
  bugs.push(...(await furnished).bugs);
  return bugs;
}

type Prepared = ReturnType<typeof prepareKata>;

function guestAttempt(one: Exercise): Attempt[] {
  const { cell, parts } = one;
  const { vmm, virtiofsd, kernelImage, kernelRelease } = parts;
  const { workloads } = cell.scenario;
  if (vmm === undefined || kernelImage === undefined || kernelRelease === undefined || workloads.length === 0)
    return [];
  const paths = { vmm, kernelImage, kernelRelease, ...(virtiofsd === undefined ? {} : { virtiofsd }) };
  const image = guestImage({
    source: one.container,
    workloads,
    kernelRelease,
    ...one.hands.guestParts,
    rootfsId: one.rootfs.imageId,
    emit: one.emit,
  });
  image.catch(() => {});
  const attempt: Tried = (testbed, how) => bootGuest(one, testbed, how, paths, image);
  return [{ tier: "guest", attempt }];
}

async function bootGuest(
  one: Exercise,
  testbed: Testbed,
  how: How,
  paths: Parameters<typeof observeGuest>[0]["paths"],
  image: Promise<GuestImage>,
) {
  const { cell, emit, tell, signal, doing } = one;
  doing("exercise", "booting the guest");
  const onConsoleLine = (line: string) => tell({ kind: "console", cell: nameOf(cell), line });
  const guest = { testbed, cell, paths, image: await image, standinPath, emit, signal, onConsoleLine };
  return observeGuest({ ...guest, ...how });
}

function kataAttempt(one: Exercise, furnished: Prepared): Attempt[] {
  const attempt: Tried = async (testbed, how) => {
    const { kata } = await furnished;
    return kata === undefined ? { stalled: false } : observeKata(one, testbed, how, kata);
  };
  return one.cell.tier === "kata" ? [{ tier: "kata", attempt }] : [];
}

async function inContainer(one: Exercise, attempts: readonly Attempt[]): Promise<unknown[]> {
  const { cell, container, guard, emit } = one;
  emit({ kind: "fact", name: "offered", value: cell.expected });
  const how = { offered: cell.expected, timeScale: timeScale(cell.expected, undefined) };
  const bugs: unknown[] = [];
  for (const { tier, attempt } of attempts)
    bugs.push(await guard("exercise", [tier], async () => void (await attempt(container, how))));
  return bugs;
}

async function inVms(one: Exercise, attempts: readonly Attempt[], furnished: Prepared): Promise<unknown[]> {
  const { hands, rootfs, parts, emit } = one;
  const { kernelRelease } = parts;
  if (kernelRelease === undefined) return [];
  const bugs: unknown[] = [];
  let pending = attempts;
  for (let fresh = 0; pending.length > 0; fresh += 1) {
    const furnishing: Furnished["furnishing"] | undefined = (await furnished).kata?.furnishing;
    const vm = await hands.vm(rootfs, kernelRelease, furnishing);
    const { left, seen } = await inVm(one, vm, pending, fresh < freshMost);
    bugs.push(...seen);
    pending = left;
    if (left.length === 0) break;
    const what = "a guest that printed nothing under emulation";
    emit({ kind: "fact", name: "retries", value: [{ what, count: fresh + 1 }] });
  }
  return bugs;
}

/** `left`: what a fresh testbed may be asked, because the emulation stalled. */
async function inVm(
  one: Exercise,
  vm: VmTestbed,
  attempts: readonly Attempt[],
  mayStall: boolean,
): Promise<{ readonly left: readonly Attempt[]; readonly seen: readonly unknown[] }> {
  const { cell, contract, hands, emit, doing, guard } = one;
  await using testbed = vm;
  const end: { left: readonly Attempt[]; seen: unknown[] } = { left: [], seen: [] };
  try {
    for (const [name, value] of Object.entries(testbed.facts)) emit({ kind: "fact", name, value });
    const offered = testbed.facts.offered ?? cell.expected;
    const how = { offered, timeScale: timeScale(offered, testbed.facts.bootMs) };
    for (const [at, { tier, attempt }] of attempts.entries()) {
      const told = { stalled: false };
      end.seen.push(
        await guard("exercise", [tier], async () => {
          told.stalled = (await attempt(testbed, how)).stalled;
        }),
      );
      if (!told.stalled || !mayStall) continue;
      end.left = attempts.slice(at);
      return end;
    }
    doing("exercise", "looking at the testbed's own kernel");
    await observeHost({ testbed, emit });
    return end;
  } finally {
    if (end.left.length === 0) {
      // Nothing more will be written of what this testbed showed, nor of what decides with it.
      await Promise.allSettled([contract]);
      await hands.beforeClose(testbed);
    }
  }
}
