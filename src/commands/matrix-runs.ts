import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Run } from "../matrix/run.ts";
import { type Pool, pooledRun } from "../matrix/runs.ts";
import { UsageError } from "../model/failure.ts";
import { type CellVerdict, Verdict } from "../model/verdict.ts";
import { findVerdicts } from "../results/find-verdicts.ts";
import { parseFile } from "../results/parse.ts";
import { readVerdictText } from "../results/verdict-files.ts";
import { openReaders } from "./readers.ts";
import { type AskWitness, ourRunners, readShare, type Share, type SharedRuns } from "./share.ts";

/** A folder of verdicts, and who stands behind them: our own runners, or who that is has to be asked of each. */
export interface Results {
  readonly folder: string;
  readonly witness: "runners" | AskWitness;
}

type Say = (trouble: UsageError) => void;

/** Verdicts that are read at once: enough for a thread to be worth asking, few enough for all threads to end together. */
const shareSize = 32;

/** Each thread has what it reads in memory. */
const threadsMax = 4;

function shares({ files, ...same }: Share): Share[] {
  const count = Math.ceil(files.length / shareSize);
  return Array.from({ length: count }, (_, at) => ({
    ...same,
    files: files.slice(at * shareSize, (at + 1) * shareSize),
  }));
}

/** Parsing is nearly all the work: where there is much of it, all processors do it. */
async function* inThreads(all: readonly Share[]): AsyncGenerator<SharedRuns> {
  await using readers = openReaders(Math.min(availableParallelism(), threadsMax));
  const reading = all.map(readers.read);
  // Each is waited for in turn: one that fails before its turn is no unhandled rejection.
  for (const one of reading) one.catch(() => {});
  for (const one of reading) yield await one;
}

async function named(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of findVerdicts(folder)) files.push(file);
  return files;
}

async function* told({ folder, witness }: Results, results: number): AsyncGenerator<SharedRuns> {
  const files = await named(folder);
  const share = { folder, files, results };
  if (witness !== "runners") yield readShare(share, witness);
  else if (files.length <= 2 * shareSize) yield readShare(share, ourRunners);
  else yield* inThreads(shares(share));
}

/** Every run of these folders, in the order of their files. What cannot be used is said and left out. Rejects with UsageError. */
export async function readRuns(all: readonly Results[], pooled: Pool, say: Say): Promise<Run[]> {
  const kept: Run[] = [];
  for (const [at, results] of all.entries())
    for await (const { runs, troubles } of told(results, at)) {
      for (const { message, hint } of troubles) say(new UsageError(message, hint));
      for (const run of runs) kept.push(pooledRun(run, pooled));
    }
  return kept;
}

/** Reads the verdicts again that squares rest on: of hundreds of thousands, the cells are not kept. */
export function rereading(all: readonly Results[]): (run: Run) => Promise<CellVerdict | undefined> {
  const last = { key: "", verdict: undefined as Verdict | undefined };
  return async ({ source: { results, file, cell } }) => {
    const key = `${results} ${file}`;
    if (key !== last.key) {
      const folder = all[results]?.folder;
      const text = folder === undefined ? undefined : await readVerdictText(folder, file);
      last.verdict = text === undefined ? undefined : parseFile(Verdict, join(folder ?? "", file), text);
      last.key = key;
    }
    return last.verdict?.cells[cell];
  };
}
