import { join, resolve, sep } from "node:path";
import { fold } from "../judge/fold.ts";
import { Evidence } from "../model/evidence.ts";
import { UsageError } from "../model/failure.ts";
import { Verdict } from "../model/verdict.ts";
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
  /** Journal and evidence.json are both there and do not say the same; `evidence` is the journal's. */
  readonly disagrees: boolean;
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
  const disagrees = seen !== undefined && kept !== undefined && evidenceJson(seen.evidence) !== evidenceJson(kept);
  return { folder, evidence, torn: seen?.torn ?? false, disagrees };
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

/**
 * Everything in a results folder, or in the folder of one target or one cell; of a single cell the verdict of its target is left out.
 * Rejects with UsageError that names the file for what no run can have written: the folder may be a stranger's.
 */
export async function loadResults(path: string): Promise<LoadedTarget[]> {
  const root = resolve(path);
  const loaded: LoadedTarget[] = [];
  for (const [folder, places] of byTarget(await findCells(root))) {
    const cells: LoadedCell[] = [];
    for (const place of places) cells.push(await loadCell(place));
    const [first, ...rest] = cells;
    if (!first) continue;
    const target = first.evidence.cell.target.id;
    agree(folder, target, cells);
    const whole = folder === root || folder.startsWith(`${root}${sep}`);
    loaded.push({ folder, target, cells: [first, ...rest], verdict: whole ? await loadVerdict(folder) : undefined });
  }
  if (loaded.length === 0)
    throw new UsageError(`${path} holds no results`, "Expected TARGET/ARCH/SCENARIO/journal.ndjson in it");
  return loaded;
}
