import type { Facts } from "../model/evidence.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Acceleration, Stage } from "../model/words.ts";
import type { CellObserver } from "./cell.ts";
import { nameOf } from "./cell.ts";
import { guestImage } from "./guest/image.ts";
import { type GuestObserved, observeGuest } from "./guest.ts";
import type { Hands, Rootfs, VmTestbed } from "./hands.ts";
import { observeHost } from "./host.ts";

export interface Exercise extends Omit<CellObserver, "hands"> {
  readonly hands: Hands;
  readonly rootfs: Rootfs;
  /** Has the root file system under test; the guest boots in it unless the plan says `vm`. */
  readonly container: Testbed;
  readonly parts: NonNullable<Facts["paths"]>;
  /** Settles when the contract tier has been observed, beside this one. */
  readonly contract: Promise<unknown>;
  readonly doing: (stage: Stage, message: string) => void;
}

const standinPath = "/run/kata-verify/standin";

/** Fresh testbeds after the first, when the emulation stalled before anything was seen. */
const freshMost = 2;

/** How many times slower than with KVM: a VM testbed tells by its own boot, which takes about 1.5 s with KVM. */
function timeScale(acceleration: Acceleration, bootMs: number | undefined): number {
  const least: Record<Acceleration, number> = { kvm: 1, "kvm-nested": 2, tcg: 8, "kvm-emulated": 8 };
  return Math.min(40, Math.max(least[acceleration], (bootMs ?? 0) / 1500));
}

/** The guest tier: the kernel under test booted by the VMM under test, on the testbed that the plan chose. */
export async function exercise(one: Exercise): Promise<void> {
  const { cell, parts, container, rootfs, hands, emit } = one;
  const { vmm, kernelImage, kernelRelease } = parts;
  if (vmm === undefined || kernelImage === undefined || kernelRelease === undefined) return;
  const paths = {
    vmm,
    kernelImage,
    kernelRelease,
    ...(parts.virtiofsd === undefined ? {} : { virtiofsd: parts.virtiofsd }),
  };
  const booted = cell.testbed === "vm" ? hands.vm(rootfs, kernelRelease) : undefined;
  const image = guestImage({
    source: container,
    workloads: cell.scenario.workloads,
    kernelRelease,
    ...hands.guestParts,
    rootfsId: rootfs.imageId,
    emit,
  });
  const [up, made] = await Promise.allSettled([booted, image]);
  if (made.status === "rejected" && up.status === "fulfilled" && up.value !== undefined) {
    await using vm = up.value;
    await allSeen(one, vm);
  }
  const prepared = { paths, image: await image };
  if (booted === undefined) {
    await boot(one, container, cell.expected, undefined, prepared);
    return;
  }
  let vm = await booted;
  for (let fresh = 0; ; fresh += 1) {
    const { again } = await inVm(one, vm, prepared, fresh < freshMost);
    if (!again) return;
    emit({
      kind: "fact",
      name: "retries",
      value: [{ what: "a guest that printed nothing under emulation", count: fresh + 1 }],
    });
    vm = await hands.vm(rootfs, kernelRelease);
  }
}

type Prepared = {
  readonly paths: Parameters<typeof observeGuest>[0]["paths"];
  readonly image: Awaited<ReturnType<typeof guestImage>>;
};

/** Nothing more will be written of what this testbed showed, nor of what decides with it. */
async function allSeen({ contract, hands }: Exercise, vm: VmTestbed): Promise<void> {
  await Promise.allSettled([contract]);
  await hands.beforeClose(vm);
}

/** `again`: it stalled, and a fresh one may be asked. */
async function inVm(one: Exercise, vm: VmTestbed, prepared: Prepared, mayStall: boolean): Promise<{ again: boolean }> {
  await using testbed = vm;
  const end = { again: false };
  try {
    const { stalled } = await observeIn(one, testbed, prepared);
    end.again = stalled && mayStall;
    return end;
  } finally {
    if (!end.again) await allSeen(one, testbed);
  }
}

async function observeIn(one: Exercise, testbed: VmTestbed, prepared: Prepared): Promise<GuestObserved> {
  for (const [name, value] of Object.entries(testbed.facts)) one.emit({ kind: "fact", name, value });
  const acceleration = testbed.facts.acceleration ?? one.cell.expected;
  const seen = await boot(one, testbed, acceleration, testbed.facts.bootMs, prepared);
  one.doing("exercise", "looking at the testbed's own kernel");
  await observeHost({ testbed, emit: one.emit });
  return seen;
}

async function boot(
  one: Exercise,
  testbed: Testbed,
  acceleration: Acceleration,
  bootMs: number | undefined,
  prepared: Prepared,
): Promise<GuestObserved> {
  const { cell, emit, tell, signal, doing } = one;
  doing("exercise", "booting the guest");
  return observeGuest({
    testbed,
    cell,
    ...prepared,
    acceleration,
    standinPath,
    timeScale: timeScale(acceleration, bootMs),
    emit,
    signal,
    onConsoleLine: line => tell({ kind: "console", cell: nameOf(cell), line }),
  });
}
