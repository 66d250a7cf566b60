import { Witness } from "../model/matrix.ts";
import { Tier } from "../model/words.ts";
import type { Run, Told } from "./run.ts";
import { carried, shipped } from "./shipped.ts";

const isTrustedAs = (run: Run, held: Run): boolean =>
  Witness.options.indexOf(run.witness) <= Witness.options.indexOf(held.witness);

const reach = ({ passed }: Run): number => Math.max(-1, ...passed.map(tier => Tier.options.indexOf(tier)));

/** Whether what was held before still holds of the packages that a later run saw. */
const stillHolds = (held: Run, run: Run): boolean => carried(held.parts, held.at, shipped([run])).broken === undefined;

/**
 * Whether a later run takes the place of the one that is held. What could not tell never does. A failure always does, and is itself
 * only undone by a pass of the tiers that failed, from somebody who is trusted as much. A pass that shows less takes nothing from one
 * that showed more, as long as the packages are the same or updates of each other.
 */
export function replaces(run: Run, held: Run | undefined): boolean {
  if (run.told === "unknown") return false;
  if (held === undefined || run.told === "no") return true;
  if (held.told === "no") return held.failed.every(tier => run.passed.includes(tier)) && isTrustedAs(run, held);
  if (run.told === "yes" || !stillHolds(held, run)) return true;
  return held.told !== "yes" && reach(run) >= reach(held) && isTrustedAs(run, held);
}

/** Of what was seen in the same instant the worst is the newest. */
const order: readonly Told[] = ["yes", "provisional", "unknown", "no"];

const byTime = (a: Run, b: Run): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : order.indexOf(a.told) - order.indexOf(b.told);

/** From the oldest to the newest; the same for the same runs in whatever order. */
export const inOrder = (runs: readonly Run[]): Run[] => [...runs].sort(byTime);

/** The runs that a square rested on one after the other; the last of them decides it now. `runs` are in order. */
export function deciding(runs: readonly Run[]): Run[] {
  const held: Run[] = [];
  for (const run of runs) if (replaces(run, held.at(-1))) held.push(run);
  return held;
}
