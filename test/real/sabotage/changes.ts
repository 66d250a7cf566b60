import type { Verified } from "../pipeline.ts";

/** What a run says of checks and another one does not: all that a sabotage changed. */
export function changes(before: Pick<Verified, "said">, after: Pick<Verified, "said">): Record<string, string> {
  return Object.fromEntries(Object.entries(after.said).filter(([id, said]) => before.said[id] !== said));
}
