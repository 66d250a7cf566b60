import type { Facts } from "../model/evidence.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Acceleration, Stage, Tier } from "../model/words.ts";
import type { CellObserver, Guard } from "./cell.ts";
import { nameOf } from "./cell.ts";
import { type Attempt, inVms, type Tried } from "./fresh-vms.ts";
import { type GuestImage, guestImage } from "./guest/image.ts";
import { observeGuest } from "./guest.ts";
import type { Hands, Rootfs } from "./hands.ts";
import { observeHost, observeHostBefore } from "./host.ts";
import { prepareKata } from "./kata/prepare.ts";
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

export interface How {
  /** What the testbed can give a guest. */
  readonly offered: Acceleration;
  readonly timeScale: number;
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
  const attempt: Tried = (testbed, how, emit) => bootGuest({ ...one, emit }, testbed, how, paths, image);
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
  const attempt: Tried = async (testbed, how, emit) => {
    const { kata } = await furnished;
    return kata === undefined ? { stalled: false } : observeKata({ ...one, emit }, testbed, how, kata);
  };
  return one.cell.tier === "kata" ? [{ tier: "kata", attempt }] : [];
}

async function inContainer(one: Exercise, attempts: readonly Attempt[]): Promise<unknown[]> {
  const { cell, container, guard, emit, doing } = one;
  emit({ kind: "fact", name: "offered", value: cell.expected });
  const how = { offered: cell.expected, timeScale: timeScale(cell.expected, undefined) };
  const bugs: unknown[] = [];
  if (cell.testbed === "local")
    bugs.push(
      await guard("exercise", ["guest"], async () => void (await observeHostBefore({ testbed: container, emit }))),
    );
  for (const { tier, attempt } of attempts)
    bugs.push(await guard("exercise", [tier], async () => void (await attempt(container, how, emit))));
  if (cell.testbed === "local") {
    doing("exercise", "looking at this machine's own kernel");
    bugs.push(await guard("exercise", ["guest"], () => observeHost({ testbed: container, emit })));
  }
  return bugs;
}
