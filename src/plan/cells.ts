import type { PlannedCell, Request } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { nearest } from "./nearest.ts";
import { chooseTestbed, type RunnerFacts } from "./testbed.ts";

export const defaultScenario = "qemu-distro-kernel";

interface Named {
  readonly id: string;
}

function pick<T extends Named>(what: string, ids: readonly string[], all: readonly T[]): T[] {
  return [...new Set(ids)].map(id => {
    const found = all.find(one => one.id === id);
    if (found) return found;
    const names = all.map(one => one.id);
    throw new UsageError(
      `There is no ${what} "${id}"`,
      `Nearest: ${nearest(id, names).join(", ")}. All: kata-verify list ${what}s`,
    );
  });
}

/** Decided from the catalog alone: what the distro does not ship cannot be tested. */
function notApplicable(target: Target, scenario: Scenario, arch: Request["arch"]): string | undefined {
  if (!target.arches.includes(arch)) return `${target.title} is not in the catalog for ${arch}`;
  if (!target.packages.vmm[scenario.vmm]?.[arch]?.length) return `${target.title} does not ship ${scenario.vmm}`;
  return undefined;
}

/**
 * The cells of a request, in the order that was asked for; every target of the catalog when none is named.
 * Throws UsageError for a name that is not in the catalog.
 */
export function planCells(
  catalog: { readonly targets: readonly Target[]; readonly scenarios: readonly Scenario[] },
  request: Request,
  runner: RunnerFacts,
): PlannedCell[] {
  const targets = request.targets.length > 0 ? pick("target", request.targets, catalog.targets) : [...catalog.targets];
  const scenarios = pick(
    "scenario",
    request.scenarios.length > 0 ? request.scenarios : [defaultScenario],
    catalog.scenarios,
  );
  const { testbed, because, expected } = chooseTestbed(request.testbed, request.tier, runner);
  return targets.flatMap(target =>
    scenarios.map((scenario): PlannedCell => {
      const reason = notApplicable(target, scenario, request.arch);
      const cell = { target, scenario, arch: request.arch, tier: request.tier, testbed, because, expected };
      return reason === undefined ? cell : { ...cell, notApplicable: reason };
    }),
  );
}
