import type { Check, EvidencePart } from "../src/model/check.ts";
import type { Seen } from "../src/model/command.ts";
import type { Evidence, Facts } from "../src/model/evidence.ts";

/** What several checks expect one step to have printed, each text once. */
function merged(parts: readonly EvidencePart[]): Record<string, Seen> {
  const seen = new Map<string, Map<string, Seen>>();
  for (const [step, said] of parts.flatMap(part => Object.entries(part.steps ?? {})))
    seen.set(step, (seen.get(step) ?? new Map<string, Seen>()).set(said.stdout, said));
  return Object.fromEntries(
    [...seen].map(([step, texts]) => {
      const all = [...texts.values()];
      const worst = all.find(({ ending }) => ending.kind !== "exited" || ending.code !== 0) ?? all[0];
      return [step, { ...worst, stdout: all.map(one => one.stdout).join("") } as Seen];
    }),
  );
}

function facts(parts: readonly EvidencePart[]): Facts {
  const all = parts.map(part => part.facts ?? {});
  const together = <T extends keyof Facts>(name: T) =>
    Object.assign({}, ...all.map(one => one[name] ?? {})) as Facts[T];
  return { ...Object.assign({}, ...all), paths: together("paths"), components: together("components") };
}

/**
 * Evidence with something of every check's own examples: of the check at `broken`, and of each tenth one from there, the example that
 * it rejects, and of the others the one that they accept.
 */
export function syntheticEvidence(like: Evidence, checks: readonly Check[], broken: number): Evidence {
  const parts = checks.map(({ examples }, at) => (at % 10 === broken ? examples.fail : examples.pass));
  return {
    ...like,
    steps: merged(parts),
    facts: { ...facts(parts), runner: like.facts.runner },
    stopped: [],
    notes: [],
  };
}
