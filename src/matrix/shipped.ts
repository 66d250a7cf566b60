import type { SeenParts } from "../model/matrix.ts";
import { Part } from "../model/words.ts";
import type { Run } from "./run.ts";
import { compareVersions, isUpdate } from "./series.ts";

/**
 * What a distro was seen to ship: by part and name of the software the versions, and when each was seen last. Of one target and
 * architecture; it does not matter in which scenario.
 */
export type Shipped = ReadonlyMap<string, ReadonlyMap<string, string>>;

const key = (part: Part, name: string): string => `${part} ${name}`;

/** What was seen in these runs, which are of one target and architecture; also in those that could not tell. */
export function shipped(runs: readonly Run[]): Shipped {
  const all = new Map<string, Map<string, string>>();
  for (const { at, parts } of runs) {
    for (const part of Part.options) {
      const seen = parts[part];
      if (!seen?.shipped || seen.packageVersion === null) continue;
      const versions = all.get(key(part, seen.name)) ?? new Map<string, string>();
      all.set(key(part, seen.name), versions);
      const before = versions.get(seen.packageVersion);
      if (before === undefined || Date.parse(before) < Date.parse(at)) versions.set(seen.packageVersion, at);
    }
  }
  return all;
}

export interface Carried {
  /** Later versions that the run's answer carries over to. */
  readonly to: Readonly<Partial<Record<Part, string>>>;
  /** What is no update of what ran, in a clause; undefined where there is nothing. */
  readonly broken: string | undefined;
}

const oldestFirst = (a: readonly [string, string], b: readonly [string, string]): number =>
  Date.parse(a[1]) - Date.parse(b[1]) || compareVersions(a[0], b[0]);

/**
 * How far what a run saw carries over to what was shipped since. Once something else than an update was seen, a later look at the old
 * version mends nothing: it may be an old mirror's.
 */
export function carried(parts: SeenParts, at: string, since: Shipped): Carried {
  const to: Partial<Record<Part, string>> = {};
  const broken: string[] = [];
  for (const part of Part.options) {
    const seen = parts[part];
    if (!seen?.shipped || seen.packageVersion === null) continue;
    for (const [version, when] of [...(since.get(key(part, seen.name)) ?? [])].sort(oldestFirst)) {
      if (Date.parse(when) <= Date.parse(at) || version === seen.packageVersion) continue;
      if (isUpdate(seen.packageVersion, version)) to[part] = version;
      else broken.push(`${seen.name} was ${seen.packageVersion} then, and ${version} since`);
    }
  }
  return { to, broken: broken.length > 0 ? broken.join("; ") : undefined };
}
