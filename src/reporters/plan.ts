import type { PlannedCell } from "../model/cell.ts";
import { aligned } from "./text/columns.ts";

/** The plan for programs: one row a cell. */
export const planRows = (cells: readonly PlannedCell[]) =>
  cells.map(({ target, scenario, arch, tier, testbed, because, expected, notApplicable }) => ({
    target: target.id,
    scenario: scenario.id,
    arch,
    tier,
    ...(notApplicable === undefined ? { testbed, because, expected } : { notApplicable }),
  }));

/** The plan for people. */
export function planText(cells: readonly PlannedCell[], notes: readonly string[]): string {
  const heads = ["TARGET", "SCENARIO", "ARCH", "TIER", "TESTBED", "BECAUSE"];
  const rows = cells.map(({ target, scenario, arch, tier, testbed, because, notApplicable }) => [
    target.id,
    scenario.id,
    arch,
    tier,
    notApplicable === undefined ? testbed : "-",
    notApplicable ?? because,
  ]);
  const ending = notes.map(note => `note: ${note}\n`).join("");
  return `${aligned([heads, ...rows]).join("\n")}\n${ending}`;
}
