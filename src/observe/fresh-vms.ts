import type { Testbed } from "../model/testbed.ts";
import type { Tier } from "../model/words.ts";
import type { Exercise, How } from "./exercise.ts";
import type { VmTestbed } from "./hands.ts";
import { observeHost } from "./host.ts";
import type { Furnished } from "./kata/prepare.ts";
import type { Emit } from "./seen.ts";
import { timeScale } from "./time-scale.ts";

/** A tier that boots something, on a testbed that is up. `stalled`: the emulation did, and nothing was seen. */
export type Tried = (testbed: Testbed, how: How, emit: Emit) => Promise<{ readonly stalled: boolean }>;

export interface Attempt {
  readonly tier: Tier;
  readonly attempt: Tried;
}

/** Fresh testbeds after the first, when the emulation stalled before anything was seen. */
const freshMost = 2;

/** Asks one VM after the other until one tells. Resolves to what only bugs can have thrown. */
export async function inVms(
  one: Exercise,
  attempts: readonly Attempt[],
  furnished: Promise<{ readonly kata: Furnished | undefined }>,
): Promise<unknown[]> {
  const { hands, rootfs, parts, emit } = one;
  const { kernelRelease } = parts;
  if (kernelRelease === undefined) return [];
  const bugs: unknown[] = [];
  let pending = attempts;
  for (let fresh = 0; pending.length > 0; fresh += 1) {
    const furnishing: Furnished["furnishing"] | undefined = (await furnished).kata?.furnishing;
    const vm = await hands.vm(rootfs, kernelRelease, furnishing);
    const { left, seen, steps } = await inVm(one, vm, pending, fresh < freshMost);
    bugs.push(...seen);
    pending = left;
    if (left.length === 0) break;
    emit({ kind: "retried", attempt: fresh + 1, steps: [...steps] });
    const what = "a guest that printed nothing under emulation";
    emit({ kind: "fact", name: "retries", value: [{ what, count: fresh + 1 }] });
  }
  return bugs;
}

/** `left`: what a fresh testbed may be asked, because the emulation stalled; `steps`: what was seen of the guest that stalled. */
async function inVm(
  one: Exercise,
  vm: VmTestbed,
  attempts: readonly Attempt[],
  mayStall: boolean,
): Promise<{
  readonly left: readonly Attempt[];
  readonly seen: readonly unknown[];
  readonly steps: readonly string[];
}> {
  const { cell, contract, hands, emit, doing, guard } = one;
  await using testbed = vm;
  const end: { left: readonly Attempt[]; seen: unknown[]; steps: readonly string[] } = {
    left: [],
    seen: [],
    steps: [],
  };
  try {
    for (const [name, value] of Object.entries(testbed.facts)) emit({ kind: "fact", name, value });
    const offered = testbed.facts.offered ?? cell.expected;
    const how = { offered, timeScale: timeScale(offered, testbed.facts.bootMs) };
    for (const [at, { tier, attempt }] of attempts.entries()) {
      const told = { stalled: false };
      const steps = new Set<string>();
      const noting: Emit = event => {
        if (event.kind === "observed") steps.add(event.step);
        emit(event);
      };
      end.seen.push(
        await guard("exercise", [tier], async () => {
          told.stalled = (await attempt(testbed, how, noting)).stalled;
        }),
      );
      if (!told.stalled || !mayStall) continue;
      end.left = attempts.slice(at);
      end.steps = [...steps];
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
