import { once } from "node:events";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import type { Share, SharedRuns } from "./share.ts";

/** Threads that read shares. */
export interface Readers extends AsyncDisposable {
  /** Resolves once a thread was free and has read it. Rejects where that thread fails. */
  readonly read: (share: Share) => Promise<SharedRuns>;
}

/** Starts so many threads; the build has their program beside this one. */
export function openReaders(count: number): Readers {
  const threads = Array.from({ length: count }, () => new Worker(new URL("./reading.js", import.meta.url)));
  const idle = [...threads];
  const limit = pLimit(count);
  const read: Readers["read"] = share =>
    limit(async () => {
      const thread = idle.pop();
      if (thread === undefined) throw new Error("No thread is free");
      thread.postMessage(share);
      const [told] = (await once(thread, "message")) as [SharedRuns];
      idle.push(thread);
      return told;
    });
  return {
    read,
    [Symbol.asyncDispose]: async () => {
      limit.clearQueue();
      await Promise.all(threads.map(thread => thread.terminate()));
    },
  };
}
