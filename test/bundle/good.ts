import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Terms } from "../../src/bundle/check.ts";
import type { BundledCell } from "../../src/bundle/contents.ts";
import { readCell } from "../../src/bundle/journals.ts";
import type { Submission } from "../../src/bundle/manifest.ts";
import { bundleFiles } from "../../src/bundle/pack.ts";
import { type PinnedList, readRequired } from "../../src/bundle/required.ts";
import { Target } from "../../src/model/target.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Those that were recorded have everything that Kata 4.0.0 requires, under emulation. */
export const goodRuns = ["debian-13-kata", "debian-13-kata-rust"] as const;

export const journalOf = (name: string): Uint8Array =>
  readFileSync(`${root}/test/replay/${name}/amd64/qemu-distro-kernel/journal.ndjson`);

export function cellOf(journal: Uint8Array): BundledCell {
  const cell = readCell("journal.ndjson", journal);
  if ("code" in cell) throw new Error(`${cell.code}: ${cell.detail}`);
  return cell;
}

export const tool = { name: "kata-verify", version: "0.1.0", commit: "test" } as const;
export const lists: readonly PinnedList[] = await readRequired(root);
const [required] = lists;
if (!required) throw new Error("There is no list");

export const submission: Submission = {
  tool,
  contact: "somebody@example.org",
  required,
  createdAt: "2026-11-23T06:00:00.000Z",
  key: undefined,
};

export const goodFiles = (name: string = goodRuns[0], own: Partial<Submission> = {}): Map<string, Uint8Array> =>
  new Map(bundleFiles({ ...submission, ...own }, [cellOf(journalOf(name))]).files);

const images = `${root}/images`;

export const terms: Terms = {
  tool,
  targets: readdirSync(images).map(name => Target.parse(JSON.parse(readFileSync(`${images}/${name}`, "utf8")))),
  lists,
  requireKvm: false,
  key: undefined,
  names: [],
  now: "2026-11-24T00:00:00.000Z",
  maxAgeDays: 90,
  challenge: undefined,
  known: new Set(),
};
