import { join } from "node:path";
import { checkBundle, type Terms } from "../bundle/check.ts";
import { type BundledCell, folderOf } from "../bundle/contents.ts";
import { readCell } from "../bundle/journals.ts";
import { privateKey } from "../bundle/keys.ts";
import { limits } from "../bundle/limits.ts";
import { bundleBytes, bundleFiles } from "../bundle/pack.ts";
import type { PinnedList } from "../bundle/required.ts";
import { exits } from "../judge/exit.ts";
import { UsageError } from "../model/failure.ts";
import { certificateJson, certificateText } from "../reporters/certificate.ts";
import { findTargets } from "../results/load.ts";
import { readBytesSafely } from "../results/read-file.ts";
import { replaceFile } from "../results/replace.ts";
import type { Values } from "./actions.ts";
import type { CertifyOptions } from "./certify-options.ts";
import { requiredList } from "./certify-run.ts";
import { exitOf, ownTool, termsOf } from "./certify-terms.ts";
import type { Context } from "./context.ts";

async function cellIn(folder: string): Promise<BundledCell> {
  const name = join(folder, "journal.ndjson");
  const bytes = await readBytesSafely(name, limits.file);
  if (bytes === undefined)
    throw new UsageError(`${name}: there is none`, "A bundle needs what the run wrote, all of it");
  const cell = readCell(name, bytes);
  if ("code" in cell) throw new UsageError(`${cell.detail}`, `It cannot be bundled: ${cell.code}`);
  return cell;
}

/** The cells of one target that the list asks for; others of the run are left out. */
async function cellsIn(results: string, { list }: PinnedList): Promise<[BundledCell, ...BundledCell[]]> {
  const [place, other] = await findTargets(results);
  if (!place || other)
    throw new UsageError(`${results} holds results of several targets`, `Name one of them: ${place?.folder}`);
  const cells = await Promise.all(place.cells.map(cellIn));
  const listed = Object.entries(list.scenarios).flatMap(([arch, all]) => all.map(one => `${arch}/${one.scenario.id}`));
  const [first, ...rest] = cells
    .filter(({ evidence }) => listed.includes(folderOf(evidence)))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
  if (first) return [first, ...rest];
  throw new UsageError(`${results} has none of what Kata ${list.kata} requires`, `That is ${listed.join(", ")}`);
}

const nameOf = ({ evidence: { cell } }: BundledCell, { list }: PinnedList): string =>
  `${cell.target.id}-${cell.arch}-kata-${list.kata}.tar.gz`;

/**
 * Bundles what a run left, and checks the bundle as whoever gets it will: it is written only where that accepts it. Resolves to
 * the exit code of the check.
 */
export async function bundleResults(
  results: string,
  options: CertifyOptions,
  values: Values,
  context: Context,
): Promise<number> {
  const { contact, key: keyFile } = options;
  if (contact === undefined)
    throw new UsageError("--contact is missing", "Say whom to ask: --contact you@example.org, or a page");
  const key = keyFile === undefined ? undefined : await privateKey(keyFile);
  const terms: Terms = await termsOf(options, values, context);
  const required = await requiredList(options, context, terms.lists);
  const cells = await cellsIn(results, required);
  const { files } = bundleFiles({ tool: ownTool(), contact, required, createdAt: terms.now, key }, cells);
  const bytes = bundleBytes(files);
  const checked = checkBundle(bytes, terms);
  const path = options.bundle ?? join(process.cwd(), nameOf(cells[0], required));
  const exit = exitOf(checked.refusals);
  if (exit === exits.ok) await replaceFile(path, bytes);
  context.out.write(options.json ? certificateJson(checked) : certificateText(path, checked));
  if (exit !== exits.ok) context.err.write("kata-verify: no bundle was written\n");
  return exit;
}
