import type { Answer } from "../model/matrix.ts";
import { demoted } from "./challenge.ts";
import { daysAfter, expiry, isExpired } from "./expiry.ts";
import type { Folded } from "./fold.ts";
import { doubtOn } from "./square.ts";

/** Days at even distances, ISO dates, from the first to the last; at most so many. */
export function daysBetween(first: string, last: string, most: number): string[] {
  const span = Math.max(0, Math.round((Date.parse(last.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 86_400_000));
  const step = Math.max(1, Math.ceil(span / Math.max(1, most - 1)));
  const count = Math.floor(span / step) + 1;
  return Array.from({ length: count }, (_, at) => daysAfter(last, (at - count + 1) * step));
}

/** What a square answered at the end of each of these days, ISO dates in order; by the catalog of today. */
export function answersOn(
  days: readonly string[],
  { square, decisions, target }: Folded,
  maxAgeDays: number,
): Answer[] {
  if (square.answer === "not-applicable") return days.map(() => "not-applicable");
  return days.map(day => {
    const then = decisions.findLast(one => one.since.slice(0, day.length) <= day);
    if (then === undefined) return "unknown";
    if (isExpired(expiry(then.run.at, maxAgeDays, target?.endOfLife), day)) return "stale";
    return doubtOn(then, { today: day, maxAgeDays }) ? demoted(then.run.told) : then.run.told;
  });
}
