import type { Owned } from "./index.ts";

/** What was found less the file that is always found; null where even that was not. */
export function withoutSure(found: readonly Owned[], sure: string): Owned[] | null {
  const others = found.filter(({ path }) => path !== sure);
  return others.length === found.length ? null : others;
}
