import type { BundleManifest } from "../model/bundle.ts";
import { archive } from "./archive.ts";
import { type BundledCell, contents } from "./contents.ts";
import { signed } from "./dsse.ts";
import { gzip } from "./gzip.ts";
import { bundleManifestJson, manifestOf, type Submission } from "./manifest.ts";
import { type Files, manifestFile, signatureFile } from "./names.ts";
import { statement } from "./statement.ts";

const utf8 = new TextEncoder();

/** The file that these make. */
export const bundleBytes = (files: Files): Uint8Array => gzip(archive(files));

/** A bundle of the cells of one target, as its files. */
export function bundleFiles(
  submission: Submission,
  cells: readonly [BundledCell, ...BundledCell[]],
): { readonly files: Files; readonly manifest: BundleManifest } {
  const made = contents(cells);
  const manifest = manifestOf(submission, cells, made);
  const bytes = utf8.encode(bundleManifestJson(manifest));
  const files = new Map(made.files).set(manifestFile, bytes);
  if (submission.key) {
    const envelope = signed(utf8.encode(statement(manifest, bytes, made.verdict)), submission.key);
    files.set(signatureFile, utf8.encode(`${JSON.stringify(envelope)}\n`));
  }
  return { files, manifest };
}
