import type { KataChoice, PlannedCell, Request } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { ContainerWorkloadId } from "../model/words.ts";
import { nearest } from "./nearest.ts";
import { chooseTestbed, type RunnerFacts } from "./testbed.ts";
import { targetsHere } from "./this-machine.ts";

export const defaultScenario = "qemu-distro-kernel";
/** In place of a scenario's id: every one there is. */
export const allScenarios = "all";

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

/** Of what is named nothing is left out unsaid; of all there is, what does not apply is. */
function mustHave(arch: Request["arch"], named: readonly Target[]): void {
  const other = named.find(({ arches }) => !arches.includes(arch));
  if (other === undefined) return;
  throw new UsageError(
    `${other.title} is not in the catalog for ${arch}`,
    `What it is there for: ${other.arches.map(one => `--arch ${one}`).join(", ")}`,
  );
}

/** Whoever asks for the distro's Kata by its name and brings package files may bring it. */
const mayBring = ({ candidates = false, kata, scenarios }: Request, { id }: Scenario) =>
  candidates && (kata.source === "distro" || scenarios.includes(id));

/**
 * Decided from the catalog alone: what the distro does not ship cannot be tested. `kataBrought`: by whoever asks, in a package
 * file.
 */
export function notApplicable(
  target: Target,
  scenario: Scenario,
  arch: Request["arch"],
  kataBrought = false,
): string | undefined {
  if (!target.arches.includes(arch)) return `${target.title} is not in the catalog for ${arch}`;
  if (!target.packages.vmm[scenario.vmm]?.[arch]?.length) return `${target.title} does not ship ${scenario.vmm}`;
  if (scenario.kata === "distro" && target.packages.kata.length === 0 && !kataBrought)
    return `${target.title} does not package Kata itself`;
  return undefined;
}

/** The distro's own Kata is another scenario than Kata's: neither is ever put in the place of the other. */
function chosenScenarios(all: readonly Scenario[], { scenarios: ids, kata }: Request): Scenario[] {
  const ofDistro = all.filter(one => one.kata === "distro");
  if (kata.source !== "distro") {
    if (ids.includes(allScenarios)) return [...all];
    const chosen = pick("scenario", ids.length > 0 ? ids : [defaultScenario], all);
    if (kata.source === "path" && chosen.every(one => one.kata === "distro"))
      throw new UsageError(
        `--kata ${kata.path}: the scenario ${chosen[0]?.id} takes the distro's own Kata`,
        `Name another one: --scenario ${defaultScenario}`,
      );
    return chosen;
  }
  if (ids.length === 0 || ids.includes(allScenarios)) return ofDistro;
  const chosen = pick("scenario", ids, all);
  const other = chosen.find(one => one.kata !== "distro");
  if (other === undefined) return chosen;
  throw new UsageError(
    `--kata distro: the scenario ${other.id} is about Kata's own release`,
    `Scenarios of the distro's Kata: ${ofDistro.map(one => one.id).join(", ")}`,
  );
}

const kataOf = ({ kata }: Scenario, asked: KataChoice): KataChoice =>
  kata === "distro" ? { source: "distro" } : asked;

/**
 * The cells of a request, in the order that was asked for; every target of the catalog when none is named.
 * Throws UsageError for a name that is not in the catalog, and on this machine itself for a target that it is not.
 */
export function planCells(
  catalog: { readonly targets: readonly Target[]; readonly scenarios: readonly Scenario[] },
  request: Request,
  runner: RunnerFacts,
): PlannedCell[] {
  const named = request.targets.length > 0 ? pick("target", request.targets, catalog.targets) : [...catalog.targets];
  if (request.targets.length > 0) mustHave(request.arch, named);
  const isLocal = request.testbed === "local";
  const targets = isLocal ? targetsHere(request, named, catalog.targets, runner.release) : named;
  const scenarios = chosenScenarios(catalog.scenarios, request).map(scenario =>
    request.workloads === "all" ? { ...scenario, containers: [...ContainerWorkloadId.options] } : scenario,
  );
  const { testbed, because, expected } = chooseTestbed(request, runner);
  return targets.flatMap(target =>
    scenarios.map((scenario): PlannedCell => {
      const reason = notApplicable(target, scenario, request.arch, mayBring(request, scenario));
      const cell: PlannedCell = {
        ...{ target, scenario, arch: request.arch, tier: request.tier, testbed, because, expected },
        kata: kataOf(scenario, request.kata),
        ...(request.runtime === undefined ? {} : { runtime: request.runtime }),
      };
      return reason === undefined ? cell : { ...cell, notApplicable: reason };
    }),
  );
}
