import type { Seen } from "../model/command.ts";

/** A pure reading of an observation, done once for each: many checks ask the same of what one step printed. */
export function reading<T>(read: (seen: Seen) => T): (seen: Seen) => T {
  const done = new WeakMap<Seen, { readonly value: T }>();
  return seen => {
    const known = done.get(seen);
    if (known !== undefined) return known.value;
    const value = read(seen);
    done.set(seen, { value });
    return value;
  };
}
