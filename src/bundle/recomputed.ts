import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { differences } from "../results/differences.ts";
import type { BundledCell, Contents } from "./contents.ts";
import { challengeOf, claimOf, isListed, runOf } from "./manifest.ts";
import type { Files } from "./names.ts";

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;

/** Where two texts that should be the same JSON differ, for people. */
function where(made: Uint8Array, found: Uint8Array | undefined): string {
  if (found === undefined) return "it is not there";
  try {
    const [own, other] = [made, found].map(bytes => JSON.parse(Buffer.from(bytes).toString("utf8")));
    return oneLine(differences(own, other), 300) || "only in its form";
  } catch {
    return "its text";
  }
}

/** Where what the bundle says is not what its journals amount to. */
export function recomputedRefusals(
  files: Files,
  manifest: BundleManifest,
  cells: readonly [BundledCell, ...BundledCell[]],
  { files: made, verdict }: Contents,
): Refusal[] {
  const changed = [...made].flatMap(([name, bytes]) => {
    if (sameBytes(bytes, files.get(name))) return [];
    const code = name === "verdict.json" ? "claim.differs" : "evidence.differs";
    return [refusal(code, `${name}: ${where(bytes, files.get(name))}`)];
  });
  const more = [...files.keys()].filter(name => isListed(name) && !made.has(name));
  const claims = differences(claimOf(verdict), manifest.claim);
  return [
    ...changed,
    ...more.map(name => refusal("evidence.differs", `${name} follows from no journal`)),
    ...(claims === "" ? [] : [refusal("claim.differs", `manifest.json: ${oneLine(claims, 300)}`)]),
    ...(manifest.run === runOf(cells) ? [] : [refusal("evidence.differs", "manifest.json: run")]),
    ...(cells.every(cell => challengeOf(cell) === manifest.challenge)
      ? []
      : [refusal("challenge.differs", "manifest.json names another challenge than the journals")]),
  ];
}
