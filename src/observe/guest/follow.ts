import type { Observation, Step } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Boot } from "../../workloads/workload.ts";
import { type Look, lookAtConsole, soon } from "./console-look.ts";
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

/**
 * Milliseconds of one look. People see the console live by it, and each costs an emulated testbed some of the time that its
 * guest needs: the longer nothing happens, the longer until the next.
 */
const shortestMs = 2_000;
const longestMs = 12_000;

const up = "guest up=";

/**
 * Waits until the VMM ends or the patience does, and acts on each cue meanwhile. One command waits on the testbed at any
 * time: where it is emulated, asking after each costs the guest some of the one CPU.
 */
export async function follow(follower: Follower): Promise<Followed> {
  const start = performance.now();
  const acts: Promise<unknown>[] = [];
  const onMark = (mark: string | undefined) => {
    for (const cue of follower.cues) if (cue.once === mark) acts.push(follower.act(cue.step));
    // Waited for in the end; until then an early failure is nobody's.
    for (const act of acts) act.catch(() => {});
  };
  const last = await lookOn(follower, start, onMark).finally(() => Promise.allSettled(acts));
  await together(acts);
  const durationMs = performance.now() - start;
  const how = last.how === "ended" ? "ended" : "timedOut";
  return { how, seen: last.seen, observation: { ...last.observation, durationMs } };
}

async function lookOn(follower: Follower, start: number, onMark: (mark: string | undefined) => void): Promise<Look> {
  const { patience, signal, onConsoleLine, cues } = follower;
  let waiting = [up, ...cues.map(cue => cue.once)];
  let deadline = start + patience.bootMs;
  let seen = 0;
  for (let sliceMs = shortestMs; ; sliceMs = Math.min(longestMs, sliceMs * 1.5)) {
    const left = Math.ceil(deadline - performance.now());
    const ms = Math.round(Math.max(0, Math.min(sliceMs, left)));
    const look = await soon(lookAtConsole(follower, waiting, ms), signal);
    if (look.line !== "") onConsoleLine(look.line);
    seen = Math.max(seen, look.seen);
    if (look.how === "ended" || (look.how === "timedOut" && left <= sliceMs) || signal.aborted)
      return { ...look, seen };
    if (look.mark === up) deadline = performance.now() + patience.runMs;
    onMark(look.mark);
    waiting = waiting.filter(mark => mark !== look.mark);
  }
}
