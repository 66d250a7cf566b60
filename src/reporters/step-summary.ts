import type { Verdict } from "../model/verdict.ts";
import { summaryMd } from "./summary-md.ts";

/** GitHub shows nothing at all of a step whose summary has more bytes. */
const stepMax = 1_048_576;

/** What a summary takes beside its cells, and then some. */
const leastRoom = 2000;

const bytes = (text: string): number => Buffer.byteLength(text);

function whole(verdicts: readonly Verdict[], room: number): string | undefined {
  const told: string[] = [];
  let left = room;
  for (const verdict of verdicts) {
    const text = summaryMd(verdict);
    left -= bytes(text) + 1;
    if (left < 0) return undefined;
    told.push(text);
  }
  return told.join("\n");
}

function shortened(verdicts: readonly Verdict[], room: number): string {
  const told: string[] = [];
  let left = room - leastRoom;
  for (const [at, verdict] of verdicts.entries()) {
    if (left < leastRoom) break;
    const max = Math.max(leastRoom, Math.floor(left / (verdicts.length - at)));
    const text = summaryMd(verdict, { max, whole: `${verdict.target}/summary.md` });
    left -= bytes(text) + 1;
    told.push(text);
  }
  const more = verdicts.length - told.length;
  if (more > 0) told.push(`${more} more targets: each has a summary.md in the folder of the results.\n`);
  return told.join("\n");
}

/**
 * What to add to GITHUB_STEP_SUMMARY, in which the step already has `used` bytes: the summaries of all targets, whole where they fit,
 * else shortened, which they say, naming the file that is whole. Nothing where there is no room even for that.
 */
export function stepSummary(verdicts: readonly Verdict[], used = 0): string {
  const room = stepMax - used;
  const text = whole(verdicts, room) ?? shortened(verdicts, room);
  return bytes(text) <= room ? text : "";
}
