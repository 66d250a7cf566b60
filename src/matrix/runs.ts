import type { Component } from "../model/evidence.ts";
import type { SeenPart, SeenParts, Witness } from "../model/matrix.ts";
import type { CellVerdict, Verdict } from "../model/verdict.ts";
import { Part, Tier } from "../model/words.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { blamed } from "./blamed.ts";
import type { Run, Source } from "./run.ts";
import { told } from "./told.ts";

/** Gives back equal values for equal values: of what hundreds of thousands of runs say, little is said once. */
export type Pool = <T>(value: T) => T;

export function pool(): Pool {
  const known = new Map<unknown, unknown>();
  return value => {
    const key = typeof value === "string" ? value : JSON.stringify(value);
    const had = known.get(key);
    if (had === undefined) known.set(key, value);
    return (had ?? value) as typeof value;
  };
}

/** The same run, of what was seen before the very values. */
export const pooledRun = (run: Run, pooled: Pool): Run => ({
  ...run,
  ...{ target: pooled(run.target), scenario: pooled(run.scenario), because: pooled(run.because) },
  ...{ passed: pooled(run.passed), failed: pooled(run.failed), blamed: pooled(run.blamed), parts: pooled(run.parts) },
  kata: run.kata && pooled(run.kata),
  code: run.code && pooled(run.code),
  knownIssues: pooled(run.knownIssues),
  source: { ...run.source, file: pooled(run.source.file) },
});

/** Names that are one step of a path, and of an address, everywhere; lower-case, as all of the catalog's are. */
export const isName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,99}$/.test(name) && !name.includes("..");

const seenPart = ({ name, version, package: owner }: Component): SeenPart => ({
  name: oneLine(name, 80),
  version: version === null ? null : oneLine(version, 80),
  package: owner === null ? null : oneLine(owner.name, 120),
  packageVersion: owner === null ? null : oneLine(owner.version, 120),
  shipped: owner?.repository?.own === true && owner.candidate !== true,
});

const seenParts = ({ components }: CellVerdict): SeenParts =>
  Object.fromEntries(
    Part.options.flatMap(part => {
      const found = components[part];
      return found ? [[part, seenPart(found)] as const] : [];
    }),
  );

const knownIssues = ({ checks }: CellVerdict): string[] => [
  ...new Set(checks.map(check => check.knownIssue).filter(url => url !== null)),
];

/** Between its beginning and its end lies all that the guest tier does with one boot. */
function guestMs({ checks }: CellVerdict): number | null {
  const console = checks.find(check => check.id === "guest.console");
  return console?.outcome === "pass" && console.durationMs > 0 ? Math.round(console.durationMs) : null;
}

/**
 * The runs of a verdict, its cells in their order. Cells whose scenario could not be a file's name are left out, all of them where the
 * target's could not.
 */
export function runsOf(verdict: Verdict, witness: Witness, source: Omit<Source, "cell">): Run[] {
  const at = verdict.finishedAt ?? verdict.startedAt;
  const { target } = verdict;
  if (!isName(target)) return [];
  return verdict.cells.flatMap((cell, index): Run[] => {
    if (!isName(cell.scenario)) return [];
    const seenBy = cell.testbed === "local" && witness === "runners" ? "self-reported" : witness;
    const { told: says, because } = told(cell, seenBy, verdict.finishedAt !== null);
    const gating = cell.checks.filter(check => check.gating);
    const failed = gating.filter(check => check.outcome === "fail");
    const first = failed[0] ?? gating.find(check => check.outcome === "error");
    const tiers = (outcome: "pass" | "fail") => Tier.options.filter(tier => cell.tiers[tier] === outcome);
    return [
      {
        ...{ target, at, told: says, witness: seenBy },
        scenario: cell.scenario,
        ...{ arch: cell.arch, standing: cell.standing, acceleration: cell.acceleration, testbed: cell.testbed },
        because: oneLine(because, 300),
        passed: tiers("pass"),
        failed: Tier.options.filter(tier => failed.some(check => check.tier === tier)),
        parts: seenParts(cell),
        blamed: [...new Set(failed.flatMap(check => blamed(check) ?? []))],
        kata: cell.components.kata?.version ? oneLine(cell.components.kata.version, 40) : null,
        code: first?.reason ? oneLine(first.reason.code, 80) : null,
        knownIssues: knownIssues(cell),
        guestMs: guestMs(cell),
        source: { ...source, cell: index },
      },
    ];
  });
}
