import { createPublicKey, type KeyObject } from "node:crypto";
import { BundleManifest } from "../model/bundle.ts";
import type { Tool } from "../model/evidence.ts";
import { Refused } from "../model/refusal.ts";
import type { Verdict } from "../model/verdict.ts";
import { arrangedJson } from "../reporters/text/arranged.ts";
import { parseJson } from "../results/parse.ts";
import type { BundledCell, Contents } from "./contents.ts";
import { sha256 } from "./digest.ts";
import { keyId } from "./dsse.ts";
import { type Files, manifestFile, signatureFile } from "./names.ts";
import type { PinnedList } from "./required.ts";
import { exactText } from "./text.ts";

export const bundleManifestJson = arrangedJson(BundleManifest);

/** What a manifest says that follows from the journals alone. */
export const runOf = (cells: readonly BundledCell[]): string =>
  sha256(cells.map(({ folder, journal }) => `${folder} ${sha256(journal)}\n`).join(""));

export const claimOf = ({ cells }: Verdict): BundleManifest["claim"] =>
  cells.map(({ scenario, outcome, standing }) => ({ scenario, outcome, standing }));

/** The word of the reviewer's that a run was started with. */
export function challengeOf({ evidence }: BundledCell): string | null {
  const found = evidence.facts["challenge"];
  return typeof found === "string" ? found : null;
}

export interface Submission {
  readonly tool: Tool;
  readonly contact: string;
  readonly required: PinnedList;
  readonly createdAt: string;
  /** To sign with. */
  readonly key: KeyObject | undefined;
}

function signer(key: KeyObject | undefined): BundleManifest["signer"] {
  if (key === undefined) return null;
  const own = createPublicKey(key);
  return { keyId: keyId(own), publicKey: own.export({ type: "spki", format: "pem" }).toString() };
}

/** The manifest of these contents. */
export function manifestOf(
  { tool, contact, required, createdAt, key }: Submission,
  cells: readonly [BundledCell, ...BundledCell[]],
  { files, verdict }: Contents,
): BundleManifest {
  const [{ evidence }] = cells;
  const listed = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...{ schemaVersion: 1, tool, target: verdict.target, arch: evidence.cell.arch, contact },
    required: { kata: required.list.kata, digest: required.digest },
    ...{ createdAt, run: runOf(cells), challenge: challengeOf(cells[0]), claim: claimOf(verdict), signer: signer(key) },
    files: listed.map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
  };
}

/** The manifest of a bundle, in the one form that there is of it. Throws Refused. */
export function readManifest(files: Files): BundleManifest {
  const bytes = files.get(manifestFile);
  if (bytes === undefined) throw new Refused("manifest.missing", manifestFile);
  const text = exactText(bytes);
  try {
    const manifest = BundleManifest.parse(parseJson(text ?? ""));
    if (bundleManifestJson(manifest) === text) return manifest;
  } catch (wrong) {
    throw new Refused("manifest.unreadable", wrong instanceof Error ? wrong.message : String(wrong));
  }
  throw new Refused("manifest.unreadable", "not in the form that kata-verify writes");
}

/** What a manifest is about: every other file but the signature of it. */
export const isListed = (path: string): boolean => path !== manifestFile && path !== signatureFile;
