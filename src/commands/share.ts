import { join } from "node:path";
import type { Run } from "../matrix/run.ts";
import { runsOf } from "../matrix/runs.ts";
import { UsageError } from "../model/failure.ts";
import type { Witness } from "../model/matrix.ts";
import { Verdict } from "../model/verdict.ts";
import { parseFile } from "../results/parse.ts";
import { verdictTexts } from "../results/verdict-files.ts";

/** Some verdicts of a results folder, to be read one after the other. Plain data, which may go to another thread. */
export interface Share {
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
  /** Which of the results folders it is. */
  readonly results: number;
}

/** What a share holds, in its order. Plain data too. */
export interface SharedRuns {
  readonly runs: readonly Run[];
  /** What could not be used. */
  readonly troubles: readonly { readonly message: string; readonly hint: string }[];
}

/** Who stands behind a verdict. Rejects with UsageError where nobody does. */
export type AskWitness = (path: string, verdict: Verdict) => Promise<Witness>;

/** Reads a share. What cannot be used is told and left out. */
export async function readShare({ folder, files, results }: Share, witness: AskWitness): Promise<SharedRuns> {
  const runs: Run[] = [];
  const troubles: { message: string; hint: string }[] = [];
  for await (const { file, text } of verdictTexts(folder, files)) {
    const path = join(folder, file);
    try {
      if (typeof text !== "string") throw text;
      const verdict = parseFile(Verdict, path, text);
      runs.push(...runsOf(verdict, await witness(path, verdict), { file, results }));
    } catch (trouble) {
      if (!(trouble instanceof UsageError)) throw trouble;
      troubles.push({ message: trouble.message, hint: trouble.hint });
    }
  }
  return { runs, troubles };
}

/** Who stands behind what our own runners saw. */
export const ourRunners: AskWitness = async () => "runners";
