import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import { JournalBroken, readJournal } from "../results/journal-read.ts";
import { type BundledCell, bundledCell } from "./contents.ts";
import type { Files } from "./names.ts";
import { exactText } from "./text.ts";

const journalName = "/journal.ndjson";

export const byFolder = (a: BundledCell, b: BundledCell): number => (a.folder < b.folder ? -1 : 1);

/** A journal as a cell, or why it is none. Every line must be there: of a bundle none was being written when something ended. */
export function readCell(name: string, bytes: Uint8Array): BundledCell | Refusal {
  const text = exactText(bytes);
  if (text === undefined) return refusal("journal.unreadable", `${name} is not UTF-8`);
  try {
    const { lines, torn } = readJournal(text);
    if (torn) return refusal("journal.unfinished", `${name}: its last line is torn`);
    return bundledCell(bytes, lines);
  } catch (wrong) {
    const isChain = wrong instanceof JournalBroken && /seq is|chain is broken/.test(wrong.message);
    const said = wrong instanceof Error ? wrong.message : String(wrong);
    return refusal(isChain ? "journal.broken" : "journal.unreadable", `${name}: ${said}`);
  }
}

const isCell = (one: BundledCell | Refusal): one is BundledCell => "evidence" in one;

/** The cells of a bundle in the order of their folders, and why it has others or none. */
export function journals(
  files: Files,
  { target, arch }: BundleManifest,
): { cells: BundledCell[]; refusals: Refusal[] } {
  const names = [...files.keys()].filter(name => name.endsWith(journalName));
  const read = names.map(name => ({ name, one: readCell(name, files.get(name) ?? new Uint8Array()) }));
  const refusals = read.flatMap(({ name, one }) => {
    if (!isCell(one)) return [one];
    const { cell } = one.evidence;
    const isThere = `${one.folder}${journalName}` === name && cell.target.id === target && cell.arch === arch;
    return isThere ? [] : [refusal("evidence.elsewhere", `${name} is of ${cell.target.id} ${one.folder}`)];
  });
  if (names.length === 0) refusals.push(refusal("journal.unreadable", "there is none"));
  const cells = read.map(({ one }) => one).filter(isCell);
  return { cells: cells.sort(byFolder), refusals };
}
