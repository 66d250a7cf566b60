import type { CellVerdict, Verdict } from "../model/verdict.ts";

/** The exit codes, an interface like any other. */
export const exits = {
  ok: 0,
  unsupported: 1,
  usage: 2,
  inconclusive: 3,
  nothingRan: 4,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];

const failsUnknown = (cell: CellVerdict) =>
  cell.standing === "unsupported" &&
  cell.checks.some(check => check.gating && check.outcome === "fail" && check.knownIssue === null);

/** A gating check that could not tell weighs as much beside failures that are known as it does alone. */
const couldNotTell = (cell: CellVerdict) =>
  cell.standing === "inconclusive" ||
  (cell.standing === "unsupported" && cell.checks.some(check => check.gating && check.outcome === "error"));

/** Of what was not asked to boot anything there is nothing to require of KVM. */
const lacksKvm = (cell: CellVerdict) =>
  cell.standing !== "not-applicable" &&
  (cell.acceleration === null
    ? cell.tiers.guest !== undefined || cell.tiers.kata !== undefined
    : cell.acceleration === "tcg" || cell.acceleration === "kvm-emulated");

/** The exit code of a run. With `requireKvm`, what passed only under emulation could not be told. */
export function exitCode(verdicts: readonly Verdict[], { requireKvm }: { readonly requireKvm: boolean }): Exit {
  const cells = verdicts.flatMap(verdict => verdict.cells);
  if (cells.some(failsUnknown)) return exits.unsupported;
  if (cells.some(cell => couldNotTell(cell) || (requireKvm && lacksKvm(cell)))) return exits.inconclusive;
  return cells.some(cell => cell.checks.some(check => check.outcome === "pass")) ? exits.ok : exits.nothingRan;
}
