import type { Folded } from "../../matrix/fold.ts";
import { compareVersions } from "../../matrix/series.ts";
import type { Matrix } from "../../model/matrix.ts";
import type { Scenario } from "../../model/scenario.ts";
import type { Target } from "../../model/target.ts";
import type { Assets } from "./page.ts";

/** What every page is made from. */
export interface Site {
  readonly matrix: Matrix;
  readonly folded: readonly Folded[];
  readonly targets: readonly Target[];
  readonly scenarios: readonly Scenario[];
  readonly assets: Assets;
}

/** The squares of one target on one architecture, which are a row of the first page. */
export interface Row {
  readonly id: string;
  readonly target: Target | undefined;
  readonly arch: string;
  readonly squares: readonly Folded[];
}

export const byLine = ({ matrix: { tool } }: Site): string => `${tool.name} ${tool.version}`;

export const titleOf = (id: string, target: Target | undefined): string => target?.title ?? id;

/** Of a target that the catalog does not have, what its name begins with. */
export const distroOf = (id: string, target: Target | undefined): string => target?.distro ?? id.replace(/-.*$/, "");

/** The place of a square on the page of its target. */
export const anchor = (square: { readonly scenario: string; readonly arch: string }): string =>
  `${square.scenario}.${square.arch}`;

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What stands before the first number, as of `debian-13-backports`, and from there on. */
const halves = (id: string): [string, string] => [id.replace(/\d.*$/, ""), id.replace(/^\D*/, "")];

function byRelease(a: Row, b: Row): number {
  const [[these, ours], [those, theirs]] = [halves(a.id), halves(b.id)];
  return (
    byCodeUnit(these, those) || compareVersions(ours, theirs) || byCodeUnit(a.id, b.id) || byCodeUnit(a.arch, b.arch)
  );
}

/** Distros in the order of their names, and of each the releases in that of their numbers. */
export function rows(folded: readonly Folded[]): Row[] {
  const found = new Map<string, Folded[]>();
  for (const one of folded) {
    const key = `${one.square.target} ${one.square.arch}`;
    const row = found.get(key);
    if (row) row.push(one);
    else found.set(key, [one]);
  }
  const all = [...found.values()].flatMap((squares): Row[] => {
    const [first] = squares;
    if (first === undefined) return [];
    const { target: id, arch } = first.square;
    return [{ id, arch, target: squares.find(one => one.target)?.target, squares }];
  });
  return all.sort(byRelease);
}

/** What a distro ships by itself first, its own package of Kata then, and last what is not for production. */
const weight = (scenario: Scenario | undefined): number =>
  scenario === undefined ? 3 : scenario.guestKernel === "kata" ? 2 : scenario.kata === "distro" ? 1 : 0;

/** Every scenario of the matrix, in the order in which it is of interest. */
export function scenarioIds({ folded, scenarios }: Pick<Site, "folded" | "scenarios">): string[] {
  const known = new Map(scenarios.map(one => [one.id, one]));
  const ids = new Set([...known.keys(), ...folded.map(one => one.square.scenario)]);
  return [...ids].sort((a, b) => weight(known.get(a)) - weight(known.get(b)) || (a < b ? -1 : 1));
}
