import type { Check } from "../model/check.ts";
import { type Code, codes } from "../model/reason.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import { aligned } from "./text/columns.ts";
import { oneLine } from "./text/plain.ts";

/** A list for people or programs: each row has the same keys, in the same order. */
export type Listing = readonly Readonly<Record<string, string | boolean | readonly string[]>>[];

const byCodeUnit = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export const targets = (all: readonly Target[]): Listing =>
  all
    .map(({ id, title, arches, packageManager, endOfLife, maintainers }) => ({
      id,
      title,
      arches,
      packages: packageManager,
      "end of life": endOfLife ?? "",
      maintainers,
    }))
    .sort(byCodeUnit);

export const scenarios = (all: readonly Scenario[]): Listing =>
  all.map(({ id, title, vmm, guestKernel }) => ({ id, title, vmm, "guest kernel": guestKernel })).sort(byCodeUnit);

/** By tier, and in the order in which they are given: that in which they run. */
export const workloads = (
  all: readonly { readonly id: string; readonly title: string; readonly check: Pick<Check, "tier" | "gating"> }[],
): Listing => all.map(({ id, title, check: { tier, gating } }) => ({ tier, id, decides: gating, title }));

export const reasonCodes = (): Listing =>
  (Object.keys(codes) as Code[])
    .map(id => ({ id, blames: codes[id].blames, counts: codes[id].counts, title: codes[id].title }))
    .sort(byCodeUnit);

const cell = (value: Listing[number][string] | undefined): string =>
  typeof value === "boolean"
    ? value
      ? "yes"
      : "no"
    : oneLine(typeof value === "string" ? value : (value ?? []).join(" "));

/** Aligned columns under their names. */
export function listText(listing: Listing): string {
  const heads = Object.keys(listing[0] ?? {});
  const rows = listing.map(row => heads.map(head => cell(row[head])));
  return `${aligned([heads.map(head => head.toUpperCase()), ...rows]).join("\n")}\n`;
}

export const listJson = (listing: Listing): string => `${JSON.stringify(listing, null, 2)}\n`;
