import { readFile } from "node:fs/promises";
import { TestbedGone } from "../../model/testbed.ts";

/** What one VM may come to hold, with QEMU's own. */
const wholeMiB = 4608;
/** What one needs to get anywhere: the testbed itself, and a small guest in it. */
const leastMiB = 2048;

export interface Slots {
  /** Waits until another VM may be up beside those that are; resolves to what gives the place back. Rejects with `TestbedGone` where there is none. */
  take(signal?: AbortSignal): Promise<() => void>;
}

/** How many VMs fit into this much memory at once. */
export const slotsIn = (availableMiB: number): number =>
  Math.max(Math.floor(availableMiB / wholeMiB), availableMiB >= leastMiB ? 1 : 0);

/** Of the runner, as Linux estimates what can be had without swapping. */
export async function availableMiB(): Promise<number> {
  const text = await readFile("/proc/meminfo", "utf8");
  return Math.floor(Number(/^MemAvailable:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024);
}

export function openSlots(count: number, seenMiB: number): Slots {
  const state = { taken: 0 };
  const waiting: (() => void)[] = [];
  const give = () => {
    const next = waiting.shift();
    if (next === undefined) state.taken -= 1;
    else next();
  };
  const once = (work: () => void) => {
    const done = { yes: false };
    return () => {
      if (done.yes) return;
      done.yes = true;
      work();
    };
  };
  return {
    take: async signal => {
      if (count === 0)
        throw new TestbedGone(`a VM needs ${leastMiB} MiB at least, ${seenMiB} MiB are available`, "infra.memory");
      signal?.throwIfAborted();
      if (state.taken < count) state.taken += 1;
      else await turn(waiting, signal);
      return once(give);
    },
  };
}

/** A VM that has its place from before it is opened until it is disposed of. */
export async function inSlot<T extends AsyncDisposable>(
  slots: Slots,
  signal: AbortSignal | undefined,
  open: () => Promise<T>,
): Promise<T> {
  const give = await slots.take(signal);
  try {
    const vm = await open();
    const dispose = async () => {
      await vm[Symbol.asyncDispose]();
      give();
    };
    return { ...vm, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    give();
    throw error;
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal?.reason);
    };
    const go = () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
    waiting.push(go);
  });
}
