import type { KeyObject } from "node:crypto";
import { requiredRefusals } from "../judge/required.ts";
import type { BundleManifest } from "../model/bundle.ts";
import type { Tool } from "../model/evidence.ts";
import { type Refusal, Refused, refusal } from "../model/refusal.ts";
import type { Target } from "../model/target.ts";
import type { Verdict } from "../model/verdict.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { secretsIn } from "../results/secrets.ts";
import { unarchived } from "./archive.ts";
import { catalogRefusals } from "./catalog-entry.ts";
import { type BundledCell, contents } from "./contents.ts";
import { gunzip } from "./gzip.ts";
import { journals } from "./journals.ts";
import { listedRefusals } from "./listed.ts";
import { readManifest } from "./manifest.ts";
import { type Files, manifestFile } from "./names.ts";
import { versionRefusals } from "./plausible.ts";
import { recomputedRefusals } from "./recomputed.ts";
import { type Earlier, replayRefusals } from "./replayed.ts";
import type { PinnedList } from "./required.ts";
import { reviewItems } from "./review.ts";
import { signatureRefusals } from "./signature.ts";
import { statement } from "./statement.ts";
import { strictRefusals } from "./strict.ts";
import { type Ages, timeRefusals } from "./times.ts";

/** What a reviewer holds a bundle to. */
export interface Terms extends Ages, Earlier {
  readonly tool: Tool;
  readonly targets: readonly Target[];
  readonly lists: readonly PinnedList[];
  readonly requireKvm: boolean;
  /** The signer's, where the reviewer knows it: the bundle then has to be signed with it. */
  readonly key: KeyObject | undefined;
  /** Names of machines that must not be in it. */
  readonly names: readonly string[];
}

/** A bundle is accepted where there are no refusals; `review` is then what is left to a person. */
export interface Checked {
  readonly manifest: BundleManifest | null;
  readonly verdict: Verdict | null;
  readonly refusals: readonly Refusal[];
  readonly review: readonly string[];
}

const refused = (refusals: readonly Refusal[], manifest: BundleManifest | null = null): Checked => ({
  ...{ manifest, verdict: null, review: [] },
  refusals: refusals.map(({ code, detail }) => refusal(code, oneLine(detail, 500))),
});

function listRefusals(
  { required, arch }: BundleManifest,
  cells: readonly BundledCell[],
  verdict: Verdict,
  terms: Terms,
) {
  const pinned = terms.lists.find(({ list }) => list.kata === required.kata);
  const scenarios = pinned?.list.scenarios[arch];
  if (!pinned || !scenarios) return [refusal("required.unknown", `Kata ${required.kata} on ${arch}`)];
  if (pinned.digest !== required.digest) return [refusal("required.differs", `it is ${pinned.digest} here`)];
  const seen = verdict.cells.map(cell => {
    const own = cells.find(({ evidence }) => evidence.cell.scenario.id === cell.scenario);
    return own ? [{ evidence: own.evidence, verdict: cell }] : [];
  });
  return requiredRefusals(scenarios, seen.flat());
}

function secretRefusals(files: Files, names: readonly string[]): Refusal[] {
  return [...files].flatMap(([name, bytes]) =>
    secretsIn(Buffer.from(bytes).toString("utf8"), names).map(kind => refusal("secret.left", `${name}: ${kind}`)),
  );
}

/** Checks the files of a bundle. Each stage goes by what the one before found well. Throws Refused where there is no manifest. */
export function checkFiles(files: Files, terms: Terms): Checked {
  const manifest = readManifest(files);
  const listed = listedRefusals(files, manifest);
  if (listed.length > 0) return refused(listed, manifest);
  const { cells, refusals: unreadable } = journals(files, manifest);
  const [first, ...rest] = cells;
  if (unreadable.length > 0 || first === undefined) return refused(unreadable, manifest);
  const made = contents([first, ...rest]);
  const signedBytes = files.get(manifestFile) ?? new Uint8Array();
  const changed = [
    ...recomputedRefusals(files, manifest, [first, ...rest], made),
    ...signatureRefusals(files, manifest, statement(manifest, signedBytes, made.verdict), terms.key),
  ];
  if (changed.length > 0) return refused(changed, manifest);
  const wrong = [
    ...timeRefusals(manifest, cells, terms),
    ...replayRefusals(manifest, cells, terms),
    ...catalogRefusals(cells, terms.targets),
    ...listRefusals(manifest, cells, made.verdict, terms),
    ...strictRefusals(cells, terms.requireKvm),
    ...versionRefusals(manifest, cells),
    ...secretRefusals(files, terms.names),
  ];
  if (wrong.length > 0) return { ...refused(wrong, manifest), verdict: made.verdict };
  const review = reviewItems(manifest, made.verdict, cells, { isKnownKey: terms.key !== undefined, tool: terms.tool });
  return { manifest, verdict: made.verdict, refusals: [], review };
}

/** Checks a bundle from a stranger, in memory and within limits; nothing is written anywhere. */
export function checkBundle(bytes: Uint8Array, terms: Terms): Checked {
  try {
    return checkFiles(unarchived(gunzip(bytes)), terms);
  } catch (cause) {
    if (cause instanceof Refused) return refused([cause.refusal]);
    throw cause;
  }
}
