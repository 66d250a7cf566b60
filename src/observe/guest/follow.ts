import type { Observation, Step } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Boot } from "../../workloads/workload.ts";
import { token } from "../../workloads/workload.ts";
import { together } from "./together.ts";

/** Milliseconds, already scaled by the testbed's slowness. */
export interface Patience {
  /** Until the guest's own program says that it is up. */
  readonly bootMs: number;
  /** From then to the end of the VMM. */
  readonly runMs: number;
}

/** Something to do once the guest has said something, the token left out. */
export interface Cue {
  readonly once: string;
  readonly step: Step;
}

export interface Follower {
  readonly testbed: Testbed;
  readonly boot: Boot;
  readonly patience: Patience;
  readonly cues: readonly Cue[];
  readonly act: (step: Step) => Promise<unknown>;
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

/** People see the console live and an interrupt is heard, at the price of a command on the testbed each time. */
const sliceMs = 3_000;

const up = "guest up=";

/**
 * Waits until the VMM ends or the patience does, and acts on each cue meanwhile. One command waits on the testbed at any
 * time: where it is emulated, asking after each costs the guest some of the one CPU.
 */
export async function follow(follower: Follower): Promise<Followed> {
  const { patience, signal, onConsoleLine, cues, act } = follower;
  const start = performance.now();
  const acts: Promise<unknown>[] = [];
  let waiting = [up, ...cues.map(cue => cue.once)];
  let deadline = start + patience.bootMs;
  for (;;) {
    const left = Math.ceil(deadline - performance.now());
    const { how, mark, seen, line, observation } = await wait(follower, waiting, Math.max(0, Math.min(sliceMs, left)));
    if (line !== "") onConsoleLine(line);
    if (how === "ended" || (how === "timedOut" && left <= sliceMs) || signal.aborted) {
      await together(acts);
      const durationMs = performance.now() - start;
      return { how: how === "ended" ? "ended" : "timedOut", seen, observation: { ...observation, durationMs } };
    }
    if (mark === up) deadline = performance.now() + patience.runMs;
    acts.push(...cues.filter(cue => cue.once === mark).map(cue => act(cue.step)));
    waiting = waiting.filter(one => one !== mark);
  }
}

async function wait({ testbed, boot }: Follower, marks: readonly string[], ms: number) {
  const { standin, folder, nonce } = boot;
  const said = marks.map(mark => `${token(nonce)} ${mark}`);
  const observation = await testbed.run({
    argv: [standin, "await", `${folder}/console`, `${folder}/vmm.pid`, String(ms), ...said],
    timeoutMs: ms + 30_000,
  });
  const [, how = "timedOut", number = "", seen = "0", line = ""] =
    /^(\w+) (\d+|-) (\d+) (.*)/.exec(new TextDecoder().decode(observation.stdout)) ?? [];
  return { how, mark: marks[Number(number)], seen: Number(seen), line, observation };
}
