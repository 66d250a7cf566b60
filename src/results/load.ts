import { join, resolve, sep } from "node:path";
import { fold } from "../judge/fold.ts";
import { Evidence } from "../model/evidence.ts";
import { UsageError } from "../model/failure.ts";
import { Verdict } from "../model/verdict.ts";
import { differences } from "./differences.ts";
import { byTarget, findCells } from "./find.ts";
import { readJournal } from "./journal-read.ts";
import { parseFile, unusable } from "./parse.ts";
import { readFileSafely } from "./read-file.ts";
import { evidenceJson } from "./save.ts";

export interface LoadedCell {
  readonly folder: string;
  readonly evidence: Evidence;
  /** Whether the journal's last line was being written when the run was killed. */
  readonly torn: boolean;
  /** Whether there is a journal: else evidence.json stands for itself. */
  readonly journal: boolean;
  /** Where journal and evidence.json, both there, do not say the same, as paths; `evidence` is the journal's. Empty where they do. */
  readonly differs: string;
}

/** The cells of one run of a target, and the verdict beside them: as text too, to compare byte by byte. */
export interface LoadedTarget {
  readonly folder: string;
  readonly target: string;
  readonly cells: readonly [LoadedCell, ...LoadedCell[]];
  readonly verdict: { readonly parsed: Verdict; readonly text: string } | undefined;
}

function folded(path: string, text: string): { evidence: Evidence; torn: boolean } {
  try {
    const { lines, torn } = readJournal(text);
    return { evidence: fold(lines), torn };
  } catch (wrong) {
    throw unusable(path, wrong);
  }
}

async function loadCell(folder: string): Promise<LoadedCell> {
  const paths = { journal: join(folder, "journal.ndjson"), evidence: join(folder, "evidence.json") };
  const journal = await readFileSafely(paths.journal);
  const text = await readFileSafely(paths.evidence);
  const seen = journal === undefined ? undefined : folded(paths.journal, journal);
  const kept = text === undefined ? undefined : parseFile(Evidence, paths.evidence, text);
  const evidence = seen?.evidence ?? kept;
  if (!evidence) throw new UsageError(`${folder} has neither journal nor evidence`, "Was it removed meanwhile?");
  const both = seen !== undefined && kept !== undefined && evidenceJson(seen.evidence) !== evidenceJson(kept);
  const differs = both ? differences(JSON.parse(evidenceJson(seen.evidence)), kept) || "the order of its keys" : "";
  return { folder, evidence, torn: seen?.torn ?? false, journal: seen !== undefined, differs };
}

async function loadVerdict(folder: string): Promise<LoadedTarget["verdict"]> {
  const path = join(folder, "verdict.json");
  const text = await readFileSafely(path);
  return text === undefined ? undefined : { parsed: parseFile(Verdict, path, text), text };
}

/** A folder tells of one target, and of each of its cells once. */
function agree(folder: string, target: string, cells: readonly LoadedCell[]): void {
  const places = new Set<string>();
  for (const { evidence } of cells) {
    const { target: own, arch, scenario } = evidence.cell;
    if (own.id !== target)
      throw new UsageError(`${folder} has cells of ${target} and of ${own.id}`, "Each target has its own folder");
    const place = `${arch} ${scenario.id}`;
    if (places.has(place))
      throw new UsageError(`${folder} has the cell ${place} twice`, "Each cell has its own folder");
    places.add(place);
  }
}

/** Where the cells of one target lie. */
export interface TargetPlace {
  readonly folder: string;
  readonly cells: readonly string[];
  /** Whether the verdict beside them is of these cells: not where a single one of them was named. */
  readonly whole: boolean;
}

/** The targets in a results folder, or the folder of one target or one cell. Rejects with UsageError where there are none. */
export async function findTargets(path: string): Promise<TargetPlace[]> {
  const root = resolve(path);
  const found = [...byTarget(await findCells(root))].map(([folder, cells]) => ({
    ...{ folder, cells, whole: folder === root || folder.startsWith(`${root}${sep}`) },
  }));
  if (found.length === 0)
    throw new UsageError(`${path} holds no results`, "Expected TARGET/ARCH/SCENARIO/journal.ndjson in it");
  return found;
}

/** Rejects with UsageError that names the file for what no run can have written: the folder may be a stranger's. */
export async function loadTarget({ folder, cells: places, whole }: TargetPlace): Promise<LoadedTarget> {
  const cells: LoadedCell[] = [];
  for (const place of places) cells.push(await loadCell(place));
  const [first, ...rest] = cells;
  if (!first) throw new Error(`No cell in ${folder}`);
  const target = first.evidence.cell.target.id;
  agree(folder, target, cells);
  return { folder, target, cells: [first, ...rest], verdict: whole ? await loadVerdict(folder) : undefined };
}

/** Everything in a results folder, or in the folder of one target or one cell. Rejects as finding and loading do. */
export async function loadResults(path: string): Promise<LoadedTarget[]> {
  const loaded: LoadedTarget[] = [];
  for (const place of await findTargets(path)) loaded.push(await loadTarget(place));
  return loaded;
}
