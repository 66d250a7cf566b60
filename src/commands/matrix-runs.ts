import { join } from "node:path";
import type { Run } from "../matrix/run.ts";
import { type Pool, runsOf } from "../matrix/runs.ts";
import { UsageError } from "../model/failure.ts";
import type { Witness } from "../model/matrix.ts";
import { type CellVerdict, Verdict } from "../model/verdict.ts";
import { parseFile } from "../results/parse.ts";
import { readFileSafely } from "../results/read-file.ts";
import { verdictFiles, verdictMax } from "../results/verdict-files.ts";

/** A folder of verdicts, and who stands behind it. */
export interface Results {
  readonly folder: string;
  readonly witness: (path: string, verdict: Verdict) => Promise<Witness>;
}

type Say = (trouble: UsageError) => void;

/** Every run of these folders. What cannot be used is said and left out. */
export async function readRuns(all: readonly Results[], pooled: Pool, say: Say): Promise<Run[]> {
  const runs: Run[] = [];
  for (const [results, { folder, witness }] of all.entries())
    for await (const { file, text } of verdictFiles(folder))
      try {
        if (typeof text !== "string") throw text;
        const verdict = parseFile(Verdict, join(folder, file), text);
        runs.push(...runsOf(verdict, await witness(join(folder, file), verdict), { file, results }, pooled));
      } catch (trouble) {
        if (!(trouble instanceof UsageError)) throw trouble;
        say(trouble);
      }
  return runs;
}

/** Reads the verdicts again that squares rest on: of hundreds of thousands, the cells are not kept. */
export function rereading(all: readonly Results[]): (run: Run) => Promise<CellVerdict | undefined> {
  const last = { path: "", verdict: undefined as Verdict | undefined };
  return async ({ source }) => {
    const path = join(all[source.results]?.folder ?? "", source.file);
    if (path !== last.path) {
      const text = await readFileSafely(path, verdictMax);
      last.verdict = text === undefined ? undefined : parseFile(Verdict, path, text);
      last.path = path;
    }
    return last.verdict?.cells[source.cell];
  };
}
