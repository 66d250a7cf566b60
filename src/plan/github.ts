import type { PlannedCell } from "../model/cell.ts";

/** GitHub's limit on the jobs of one matrix. */
export const jobsPerMatrix = 256;

/** One matrix entry: a target with the scenarios that apply to it. */
export interface MatrixEntry {
  readonly target: string;
  readonly title: string;
  readonly arch: string;
  readonly scenarios: string;
  readonly runner: string;
}

const runners = { amd64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" } as const;

/** The plan as a GitHub Actions matrix: one entry a target, cells with nothing to test left out. */
export function githubMatrix(cells: readonly PlannedCell[]): { readonly include: readonly MatrixEntry[] } {
  const entries = new Map<string, MatrixEntry>();
  for (const { target, scenario, arch, notApplicable } of cells) {
    if (notApplicable !== undefined) continue;
    const before = entries.get(`${target.id} ${arch}`);
    const scenarios = before ? `${before.scenarios} ${scenario.id}` : scenario.id;
    entries.set(`${target.id} ${arch}`, {
      target: target.id,
      title: target.title,
      arch,
      scenarios,
      runner: runners[arch],
    });
  }
  return { include: [...entries.values()] };
}
