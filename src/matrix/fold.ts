import type { Matrix, Square } from "../model/matrix.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { type Arch, Part } from "../model/words.ts";
import { isFromTheFuture } from "./expiry.ts";
import { type Decision, deciding, inOrder } from "./newest.ts";
import type { Run } from "./run.ts";
import { shipped } from "./shipped.ts";
import { emptySquare, nothingToTest, type Place, square } from "./square.ts";

export interface Setting {
  readonly catalog: { readonly targets: readonly Target[]; readonly scenarios: readonly Scenario[] };
  readonly tool: Matrix["tool"];
  /** ISO 8601 in UTC. */
  readonly now: string;
  readonly maxAgeDays: number;
}

/** A square with the runs that it was folded from, from the oldest to the newest. */
export interface Folded extends Place {
  readonly square: Square;
  readonly runs: readonly Run[];
  /** What the square rested on over time. */
  readonly decisions: readonly Decision[];
  /** The one that the square rests on. */
  readonly run: Run | undefined;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function grouped<T>(all: Iterable<T>, key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

const name = ({ target, scenario, arch }: Place["id"]): string => `${target} ${arch} ${scenario}`;

/** Every square that the catalog asks for, and those that runs are of besides. */
function places({ targets, scenarios }: Setting["catalog"], runs: Iterable<readonly Run[]>): Place[] {
  const found = new Map<string, Place>();
  const add = (target: string, scenario: string, arch: Arch): void => {
    const id = { target, scenario, arch };
    if (found.has(name(id))) return;
    const known = byTarget.get(target);
    const own = known?.arches.includes(arch) ? known : undefined;
    found.set(name(id), { id, target: own, scenario: byScenario.get(scenario) });
  };
  const byTarget = new Map(targets.map(one => [one.id, one]));
  const byScenario = new Map(scenarios.map(one => [one.id, one]));
  for (const target of targets)
    for (const arch of target.arches) for (const scenario of scenarios) add(target.id, scenario.id, arch);
  for (const [first] of runs) if (first) add(first.target, first.scenario, first.arch);
  return [...found.values()].sort((a, b) => byCodeUnit(name(a.id), name(b.id)));
}

/** What a run says, in a text. Packages are told apart by their versions. */
function said({ at, told, standing, witness, because, passed, failed, parts }: Run): string {
  const versions = Part.options.map(part => `${parts[part]?.name} ${parts[part]?.packageVersion}`);
  return [at, told, standing, witness, because, passed, failed, ...versions].join("\n");
}

/** A verdict that was read twice, say from a copy of its folder, is one run. */
function once(runs: readonly Run[]): Run[] {
  const seen = new Set<string>();
  return runs.filter(run => {
    const key = said(run);
    return !seen.has(key) && seen.add(key);
  });
}

/** Folds runs, in any order, into squares in the order of their names. Runs from the future are left out. */
export function foldMatrix(all: Iterable<Run>, { catalog, now, maxAgeDays }: Setting): Folded[] {
  const today = now.slice(0, "2026-11-22".length);
  const past = (function* () {
    for (const run of all) if (!isFromTheFuture(run.at, now)) yield run;
  })();
  const bySquare = grouped(past, name);
  for (const [key, runs] of bySquare) bySquare.set(key, once(inOrder(runs)));
  const ofTarget = grouped([...bySquare.values()].flat(), ({ target, arch }) => `${target} ${arch}`);
  const allShipped = new Map([...ofTarget].map(([key, runs]) => [key, shipped(runs)]));
  return places(catalog, bySquare.values()).map(place => {
    const runs = bySquare.get(name(place.id)) ?? [];
    const since = allShipped.get(`${place.id.target} ${place.id.arch}`) ?? new Map();
    const decisions = nothingToTest(place) === undefined ? deciding(runs) : [];
    const last = decisions.at(-1);
    const made = last ? square(place, last, runs.length, since, { today, maxAgeDays }) : emptySquare(place, runs);
    return { ...place, runs, decisions, run: last?.run, square: made };
  });
}

export const matrixOf = (folded: readonly Folded[], { tool, now, maxAgeDays }: Setting): Matrix => ({
  schemaVersion: 1,
  tool,
  at: now,
  maxAgeDays,
  squares: folded.map(one => one.square),
});
