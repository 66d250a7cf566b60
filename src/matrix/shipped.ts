import type { SeenParts } from "../model/matrix.ts";
import { Part } from "../model/words.ts";
import type { Run } from "./run.ts";
import { isUpdate } from "./series.ts";

/** What a distro was last seen to ship of a part, and when. */
export interface LastSeen {
  readonly at: string;
  readonly version: string;
}

/** By part and name of the software, of one target and architecture: it does not matter in which scenario. */
export type Shipped = ReadonlyMap<string, LastSeen>;

const key = (part: Part, name: string): string => `${part} ${name}`;

/** What was last seen of each part in these runs, which are of one target and architecture; also in those that could not tell. */
export function shipped(runs: readonly Run[]): Shipped {
  const last = new Map<string, LastSeen>();
  for (const { at, parts } of runs) {
    for (const part of Part.options) {
      const seen = parts[part];
      if (!seen?.shipped || seen.packageVersion === null) continue;
      const had = last.get(key(part, seen.name));
      if (had === undefined || had.at < at) last.set(key(part, seen.name), { at, version: seen.packageVersion });
    }
  }
  return last;
}

export interface Carried {
  /** Later versions that the run's answer carries over to. */
  readonly to: Readonly<Partial<Record<Part, string>>>;
  /** What is no update of what ran, in a clause; undefined where there is nothing. */
  readonly broken: string | undefined;
}

/** How far what a run saw carries over to what is shipped now. */
export function carried(parts: SeenParts, at: string, now: Shipped): Carried {
  const to: Partial<Record<Part, string>> = {};
  const broken: string[] = [];
  for (const part of Part.options) {
    const seen = parts[part];
    if (!seen?.shipped || seen.packageVersion === null) continue;
    const later = now.get(key(part, seen.name));
    if (later === undefined || later.at <= at || later.version === seen.packageVersion) continue;
    if (isUpdate(seen.packageVersion, later.version)) to[part] = later.version;
    else broken.push(`${seen.name} was ${seen.packageVersion} then, and is ${later.version} since`);
  }
  return { to, broken: broken.length > 0 ? broken.join("; ") : undefined };
}
