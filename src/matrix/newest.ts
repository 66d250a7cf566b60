import { Witness } from "../model/matrix.ts";
import { Tier } from "../model/words.ts";
import type { Run, Told } from "./run.ts";
import { carried, shipped } from "./shipped.ts";

/** What a square rests on from the end of some run on. */
export interface Decision {
  /** When that run ended. */
  readonly since: string;
  /** The one that decides. */
  readonly run: Run;
  /** By tier who saw it fail, where no pass undid that: the most trusted, and of equals the last. */
  readonly failed: ReadonlyMap<Tier, Run>;
}

const isTrustedAs = (run: Run, other: Run): boolean =>
  Witness.options.indexOf(run.witness) <= Witness.options.indexOf(other.witness);

const reach = ({ passed }: Run): number => Math.max(-1, ...passed.map(tier => Tier.options.indexOf(tier)));

/** Whether what was held before still holds of the packages that a later run saw. */
const stillHolds = (held: Run, run: Run): boolean => carried(held.parts, held.at, shipped([run])).broken === undefined;

type Failed = Decision["failed"];

function withFailures(failed: Failed, run: Run): Failed {
  const seen = run.failed.filter(tier => {
    const before = failed.get(tier);
    return before === undefined || isTrustedAs(run, before);
  });
  return new Map([...failed, ...seen.map(tier => [tier, run] as const)]);
}

/** A failure is only undone by a pass of its tier, from somebody who is trusted as much as who saw it. */
const undone = (failed: Failed, run: Run): Failed =>
  failed.size === 0
    ? failed
    : new Map([...failed].filter(([tier, saw]) => !run.passed.includes(tier) || !isTrustedAs(run, saw)));

/**
 * Whether a pass takes the place of one that is held. One that shows less takes nothing from one that showed more, as long as the
 * packages are the same or updates of each other.
 */
function outdoes(run: Run, held: Run): boolean {
  if (run.told === "yes" || !stillHolds(held, run)) return true;
  return held.told !== "yes" && reach(run) >= reach(held) && isTrustedAs(run, held);
}

/**
 * What a square rests on after one more run. What could not tell changes nothing. A failure decides at once, but for one from somebody
 * who is trusted less than who saw what is held: that one is a doubt. A pass decides after a failure only where none is left.
 */
function after(held: Decision | undefined, run: Run): Decision | undefined {
  if (run.told === "unknown") return held;
  const since = run.at;
  const before: Failed = held?.failed ?? new Map();
  if (run.told === "no") {
    const decides = held === undefined || isTrustedAs(run, held.run);
    return { since, run: decides ? run : held.run, failed: withFailures(before, run) };
  }
  const failed = undone(before, run);
  const decides = held === undefined || (held.run.told === "no" ? failed.size === 0 : outdoes(run, held.run));
  if (decides) return { since, run, failed };
  return failed.size === before.size ? held : { ...held, since, failed };
}

/** The last failure that was seen of what is held as passed; undefined where there is none. */
export const doubtOf = ({ run, failed }: Decision): Run | undefined =>
  run.told === "no" ? undefined : inOrder([...failed.values()]).at(-1);

/** Of what was seen in the same instant the worst is the newest. */
const order: readonly Told[] = ["yes", "provisional", "unknown", "no"];

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byTime = (a: Run, b: Run): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  order.indexOf(a.told) - order.indexOf(b.told) ||
  Witness.options.indexOf(b.witness) - Witness.options.indexOf(a.witness) ||
  byCodeUnit(a.source.file, b.source.file);

/** From the oldest to the newest; the same for the same runs in whatever order. */
export const inOrder = (runs: readonly Run[]): Run[] => [...runs].sort(byTime);

/** What a square rested on, one after the other; on the last of them it rests now. `runs` are in order. */
export function deciding(runs: readonly Run[]): Decision[] {
  const all: Decision[] = [];
  for (const run of runs) {
    const held = all.at(-1);
    const next = after(held, run);
    if (next !== undefined && next !== held) all.push(next);
  }
  return all;
}
