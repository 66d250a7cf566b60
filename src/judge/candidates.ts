import type { Evidence } from "../model/evidence.ts";

/** The packages that came from files of the user, by name: parts of the stack, and what they stand on. */
export function candidates({ facts }: Evidence): string[] {
  const installed = [...Object.values(facts.components ?? {}).map(part => part?.package), ...(facts.packages ?? [])];
  return [...new Set(installed.flatMap(one => (one?.candidate ? [one.name] : [])))].sort();
}
