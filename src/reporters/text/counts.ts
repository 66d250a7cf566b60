import { type Outcome, outcomes } from "../../model/outcome.ts";
import type { CellVerdict, CheckVerdict } from "../../model/verdict.ts";
import { Tier } from "../../model/words.ts";
import { outcomes as words } from "./phrases.ts";

export interface TierCount {
  readonly tier: Tier;
  readonly outcome: Outcome;
  /** `7 passed, 1 failed`; those that do not gate are in it. */
  readonly counts: string;
}

export const counts = (checks: readonly CheckVerdict[]): string =>
  (["pass", ...outcomes.filter(one => one !== "pass")] as const)
    .map(outcome => ({ outcome, count: checks.filter(check => check.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${words[outcome]}`)
    .join(", ");

/** The tiers that a cell went through, in order. */
export const tierCounts = (cell: CellVerdict): TierCount[] =>
  Tier.options.flatMap(tier => {
    const outcome = cell.tiers[tier];
    return outcome ? [{ tier, outcome, counts: counts(cell.checks.filter(check => check.tier === tier)) }] : [];
  });

/** What did not pass and applies: what decides first, then by the order of the checks. */
export const troubles = (cell: CellVerdict, decides: (check: CheckVerdict) => boolean): CheckVerdict[] => {
  const found = cell.checks.filter(check => check.outcome === "fail" || check.outcome === "error");
  return [...found.filter(decides), ...found.filter(check => !decides(check))];
};
