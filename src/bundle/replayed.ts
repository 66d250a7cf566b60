import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import type { BundledCell } from "./contents.ts";

export interface Earlier {
  /** A word that the run has to have been started with. */
  readonly challenge: string | undefined;
  /** Runs that were submitted before, by the manifest's `run`, and guests, by their nonces: a run of which a time was changed is another. */
  readonly known: ReadonlySet<string>;
}

/** Each guest was given a number of its own; one that is shown twice was one guest. */
export function nonces({ evidence: { facts } }: BundledCell): string[] {
  return [facts.nonce, facts.kataNonce].filter(nonce => nonce !== undefined);
}

/** Where evidence is shown for more than the one run that it is of. */
export function replayRefusals(
  { run, challenge }: BundleManifest,
  cells: readonly BundledCell[],
  { challenge: asked, known }: Earlier,
): Refusal[] {
  const all = cells.flatMap(nonces);
  const twice = all.find((nonce, at) => all.indexOf(nonce) < at);
  const shown = all.find(nonce => known.has(nonce));
  return [
    ...(twice === undefined ? [] : [refusal("evidence.twice", `the nonce ${twice}`)]),
    ...(known.has(run) ? [refusal("evidence.replayed", `run ${run}`)] : []),
    ...(shown === undefined ? [] : [refusal("evidence.replayed", `the nonce ${shown}`)]),
    ...(asked === undefined || asked === challenge
      ? []
      : [refusal("challenge.differs", `asked for ${asked}, it had ${challenge ?? "none"}`)]),
  ];
}
