import { type Refusal, refusal } from "../model/refusal.ts";
import { isEmulated } from "../model/words.ts";
import type { BundledCell } from "./contents.ts";

function candidates({ evidence: { facts } }: BundledCell): string[] {
  const owners = Object.values(facts.components ?? {}).map(part => part?.package);
  const found = [...owners, ...(facts.packages ?? [])].filter(one => one?.candidate);
  return [...new Set(found.map(one => `${one?.name} ${one?.version}`))];
}

/** What a certificate does not allow, though a run does. `requireKvm` is the reviewer's; that of the run counts too. */
export const strictRefusals = (cells: readonly BundledCell[], requireKvm: boolean): Refusal[] =>
  cells.flatMap(cell => {
    const { folder, evidence } = cell;
    const { acceleration } = evidence.facts;
    const lacksKvm = acceleration === undefined || isEmulated(acceleration);
    return [
      ...(lacksKvm && (requireKvm || evidence.request.requireKvm)
        ? [refusal("strict.emulated", `${folder} ran on ${acceleration ?? "what nobody saw"}`)]
        : []),
      ...candidates(cell).map(one => refusal("strict.candidate", `${folder}: ${one}`)),
    ];
  });
