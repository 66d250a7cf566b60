import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import type { BundledCell } from "./contents.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** What two clocks may differ by, and what one may be set back by in the middle of a run. */
const slack = 5 * minute;

export interface Ages {
  /** The reviewer's time, ISO 8601 in UTC. */
  readonly now: string;
  readonly maxAgeDays: number;
}

function cellTimes({ folder, lines, evidence }: BundledCell, createdAt: number): Refusal[] {
  if (evidence.finishedAt === null) return [refusal("journal.unfinished", `${folder}: its journal has no end`)];
  const times = lines.map(({ at }) => Date.parse(at));
  const back = times.findIndex((at, index) => at < (times[index - 1] ?? at) - slack);
  const found = back < 0 ? [] : [refusal("journal.times", `${folder}: line ${back + 1} is before the one before it`)];
  if (lines.at(-1)?.event.kind !== "closed")
    found.push(refusal("journal.unfinished", `${folder}: something follows its end`));
  if (Math.max(...times) > createdAt + slack)
    found.push(refusal("journal.times", `${folder} ended after the bundle was made`));
  return found;
}

/** What is wrong with when it ran. Age counts from the beginning of the run, as packages move on from there. */
export function timeRefusals(
  { createdAt: created }: BundleManifest,
  cells: readonly BundledCell[],
  { now: reviewed, maxAgeDays }: Ages,
): Refusal[] {
  const [createdAt, now] = [Date.parse(created), Date.parse(reviewed)];
  const found = cells.flatMap(cell => cellTimes(cell, createdAt));
  if (createdAt > now + slack) found.push(refusal("evidence.future", `made at ${created}`));
  for (const { folder, evidence } of cells) {
    const startedAt = Date.parse(evidence.startedAt);
    if (startedAt > now + slack) found.push(refusal("evidence.future", `${folder} began at ${evidence.startedAt}`));
    if (startedAt < now - maxAgeDays * day)
      found.push(
        refusal("evidence.too-old", `${folder} began at ${evidence.startedAt}, more than ${maxAgeDays} days ago`),
      );
  }
  return found;
}
