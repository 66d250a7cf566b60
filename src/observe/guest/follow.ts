import type { Observation } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Boot } from "../../workloads/workload.ts";
import { token } from "../../workloads/workload.ts";

/** Milliseconds, already scaled by the testbed's slowness. */
export interface Patience {
  /** Until the guest's own program says that it is up. */
  readonly bootMs: number;
  /** From then to the end of the VMM. */
  readonly runMs: number;
}

export interface Follower {
  readonly testbed: Testbed;
  readonly boot: Boot;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly onConsoleLine: (line: string) => void;
}

/** How waiting for the guest ended: the last look, its duration being that of all of it. */
export interface Followed {
  readonly how: "ended" | "timedOut";
  /** Bytes that the console said. */
  readonly seen: number;
  readonly observation: Observation;
}

const sliceMs = 3_000;

interface Wait {
  readonly how: string;
  readonly seen: number;
  readonly line: string;
  readonly observation: Observation;
}

async function wait({ testbed, boot }: Follower, mark: string, ms: number): Promise<Wait> {
  const { standin, folder, nonce } = boot;
  const argv = [
    standin,
    "await",
    `${folder}/console`,
    `${token(nonce)} ${mark}`,
    `${folder}/vmm.pid`,
    String(ms),
  ] as const;
  const observation = await testbed.run({ argv, timeoutMs: ms + 30_000 });
  const [, how = "timedOut", seen, line = ""] =
    /^(\w+) (\d+) (.*)/.exec(new TextDecoder().decode(observation.stdout)) ?? [];
  return { how, seen: Number(seen ?? 0), line, observation };
}

/** Waits in slices, so that people see the console live and an interrupt is heard. */
async function waitLong(follower: Follower, mark: string, deadline: number): Promise<Wait> {
  for (;;) {
    const slice = Math.max(0, Math.min(sliceMs, Math.ceil(deadline - performance.now())));
    const waited = await wait(follower, mark, slice);
    if (waited.line !== "") follower.onConsoleLine(waited.line);
    if (waited.how !== "timedOut" || performance.now() >= deadline || follower.signal.aborted) return waited;
  }
}

/** Waits until the VMM ends or the patience does. */
export async function follow(follower: Follower): Promise<Followed> {
  const start = performance.now();
  const up = await waitLong(follower, "guest up", start + follower.patience.bootMs);
  const last =
    up.how === "found" ? await waitLong(follower, "nothing", performance.now() + follower.patience.runMs) : up;
  const observation = { ...last.observation, durationMs: performance.now() - start };
  return { how: last.how === "ended" ? "ended" : "timedOut", seen: last.seen, observation };
}
