/**
 * What is known about one claim, worst first.
 * `fail` is proven against the distro's part; `error` means the harness could not tell and is never evidence against the
 * distro; `skip` is decided from the catalog alone.
 */
export const outcomes = ["fail", "error", "pass", "skip"] as const;
export type Outcome = (typeof outcomes)[number];

/** The worst outcome of a group. Nothing observed is `error`, never `pass`: `[].every(…)` has certified things before. */
export function worst(group: readonly Outcome[]): Outcome {
  return outcomes.find(one => group.includes(one)) ?? "error";
}
