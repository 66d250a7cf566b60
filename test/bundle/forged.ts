import type { KeyObject } from "node:crypto";
import { sha256 } from "../../src/bundle/digest.ts";
import { bundleManifestJson } from "../../src/bundle/manifest.ts";
import { bundleBytes, bundleFiles } from "../../src/bundle/pack.ts";
import type { BundleManifest } from "../../src/model/bundle.ts";
import type { JournalLine } from "../../src/model/evidence.ts";
import { link } from "../../src/results/journal.ts";
import { cellOf, goodFiles, goodRuns, journalOf, submission } from "./good.ts";

const utf8 = new TextEncoder();

export type Lines = JournalLine[];

/** A journal of other events, chained anew as a run would have: what only a forger does. */
export function rechained(lines: Lines): Uint8Array {
  const texts: string[] = [];
  for (const [at, line] of lines.entries())
    texts.push(JSON.stringify({ ...line, seq: at + 1, prev: link(texts[at - 1] ?? "") }));
  return utf8.encode(texts.map(text => `${text}\n`).join(""));
}

export const linesOf = (name: string): Lines =>
  Buffer.from(journalOf(name))
    .toString()
    .trimEnd()
    .split("\n")
    .map(line => JSON.parse(line));

/** A bundle, complete and consistent in itself, whose run did not happen like that. */
export function madeUp(change: (lines: Lines) => Lines, own: { readonly key?: KeyObject } = {}): Uint8Array {
  const cell = cellOf(rechained(change(linesOf(goodRuns[0]))));
  return bundleBytes(bundleFiles({ ...submission, ...own, key: own.key }, [cell]).files);
}

const manifestOf = (files: ReadonlyMap<string, Uint8Array>): BundleManifest =>
  JSON.parse(Buffer.from(files.get("manifest.json") ?? []).toString());

/** Another manifest over the same files. */
export function restated(change: (manifest: BundleManifest) => unknown, files = goodFiles()): Uint8Array {
  const manifest = bundleManifestJson(change(manifestOf(files)));
  return bundleBytes(files.set("manifest.json", utf8.encode(manifest)));
}

/** Lists the files as they are now: the digests are right again, whatever is in them. */
export function relisted(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const listed = [...files].filter(([path]) => !["manifest.json", "signature.dsse.json"].includes(path));
  const manifest = {
    ...manifestOf(files),
    files: listed.map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
  };
  return files.set("manifest.json", utf8.encode(bundleManifestJson(manifest)));
}

/** One file of a good bundle is another, and its digest is right. */
export function replaced(path: string, change: (text: string) => string): Uint8Array {
  const files = goodFiles();
  const text = Buffer.from(files.get(path) ?? []).toString();
  if (change(text) === text) throw new Error(`${path} is as it was`);
  return bundleBytes(relisted(files.set(path, utf8.encode(change(text)))));
}

/** What these journals amount to, shown under another name. */
export function shownAs(folder: string): Uint8Array {
  const files = new Map([...goodFiles()].map(([path, bytes]) => [path.replace(/^amd64\/[^/]+/, folder), bytes]));
  return bundleBytes(relisted(files));
}

/** Two cells of one guest, which is one run shown twice. */
export function twice(): Uint8Array {
  const lines = linesOf(goodRuns[0]);
  const other = lines.map(line => structuredClone(line));
  const [opened] = other;
  if (opened?.event.kind === "opened") opened.event.cell.scenario.id = "qemu-again";
  const cells = [cellOf(rechained(other)), cellOf(rechained(lines))] as const;
  return bundleBytes(bundleFiles(submission, [...cells]).files);
}
