/** An ISO date, so many days after an instant. */
export const daysAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * 24 * 3_600_000).toISOString().slice(0, "2026-11-22".length);

/** The last day on which what was seen then still answers: of the release's end of life and the greatest age, the first. */
export function expiry(at: string, maxAgeDays: number, endOfLife: string | undefined): string {
  const aged = daysAfter(at, maxAgeDays);
  return endOfLife !== undefined && endOfLife < aged ? endOfLife : aged;
}

/** Days are compared as ISO dates. */
export const isExpired = (expires: string, today: string): boolean => expires < today;

/** Evidence from days that have not come proves that a clock was wrong, and would be the newest for ever. A time zone is no such. */
export const isFromTheFuture = (at: string, now: string): boolean => at > `${daysAfter(now, 1)}T23:59:59.999Z`;
