import type { Run } from "../matrix/run.ts";
import { type Pool, runsOf } from "../matrix/runs.ts";
import { UsageError } from "../model/failure.ts";
import type { Witness } from "../model/matrix.ts";
import { type CellVerdict, Verdict } from "../model/verdict.ts";
import { parseFile } from "../results/parse.ts";
import type { VerdictFolder } from "../results/verdict-files.ts";

/** Verdicts, and who stands behind them. */
export interface Results {
  readonly folder: VerdictFolder;
  readonly witness: (path: string, verdict: Verdict) => Promise<Witness>;
}

type Say = (trouble: UsageError) => void;

/** Every run of these folders. What cannot be used is said and left out. */
export async function readRuns(all: readonly Results[], pooled: Pool, say: Say): Promise<Run[]> {
  const runs: Run[] = [];
  for (const [results, { folder, witness }] of all.entries())
    for await (const { file, text } of folder.files())
      try {
        if (typeof text !== "string") throw text;
        const verdict = parseFile(Verdict, folder.called(file), text);
        runs.push(...runsOf(verdict, await witness(folder.called(file), verdict), { file, results }, pooled));
      } catch (trouble) {
        if (!(trouble instanceof UsageError)) throw trouble;
        say(trouble);
      }
  return runs;
}

/** Reads the verdicts again that squares rest on: of hundreds of thousands, the cells are not kept. */
export function rereading(all: readonly Results[]): (run: Run) => Promise<CellVerdict | undefined> {
  const last = { key: "", verdict: undefined as Verdict | undefined };
  return async ({ source: { results, file, cell } }) => {
    const key = `${results} ${file}`;
    if (key !== last.key) {
      const folder = all[results]?.folder;
      const text = await folder?.read(file);
      last.verdict = text === undefined ? undefined : parseFile(Verdict, folder?.called(file) ?? file, text);
      last.key = key;
    }
    return last.verdict?.cells[cell];
  };
}
