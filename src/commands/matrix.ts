import { resolve } from "node:path";
import * as z from "zod";
import { type Exit, exits } from "../judge/exit.ts";
import { foldMatrix, type Setting } from "../matrix/fold.ts";
import { pool } from "../matrix/runs.ts";
import type { UsageError } from "../model/failure.ts";
import { Answer } from "../model/matrix.ts";
import { harmless } from "../reporters/text/inert.ts";
import { replaceFolder } from "../results/replace-folder.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { type Results, readRuns, rereading } from "./matrix-runs.ts";
import { reportedWitness } from "./reported-witness.ts";
import { siteFiles, siteMark } from "./site-files.ts";
import { parsed, words } from "./values.ts";

declare const BUILD: { readonly version: string; readonly commit: string };

const MatrixOptions = z.object({
  out: z
    .string()
    .min(1, "the path of a folder, which is not empty")
    .transform(typed => resolve(typed)),
  maxAge: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, "a number of days from 1 to 9999")
    .transform(Number),
  reported: z.array(z.string().min(1, "the path of a folder, which is not empty")).default([]),
});

function resultsOf(own: readonly string[], reported: readonly string[]): Results[] {
  return [
    ...own.map(folder => ({ folder, witness: "runners" as const })),
    ...reported.map(folder => ({ folder, witness: reportedWitness })),
  ];
}

/** Folds verdicts of any number and age into the support matrix, and writes its pages. Resolves to 2 where some could not be used. */
export async function matrix(values: Values, context: Context): Promise<Exit> {
  const { out, maxAge, reported } = parsed(MatrixOptions, values);
  const catalog = await readCatalog(context, values.options["catalog"]);
  const troubles: UsageError[] = [];
  const say = (trouble: UsageError): void => {
    troubles.push(trouble);
    context.err.write(harmless(`kata-verify: ${trouble.message}\n${trouble.hint}\n`));
  };
  const results = resultsOf(words(values.arguments[0]), reported);
  const runs = await readRuns(results, pool(), say);
  const tool = { name: "kata-verify", ...BUILD } as const;
  const setting: Setting = { catalog, tool, now: context.clock(), maxAgeDays: maxAge };
  const folded = foldMatrix(runs, setting);
  await replaceFolder(out, siteMark, siteFiles(context.root, folded, setting, rereading(results)));
  const counts = Answer.options.map(answer => {
    const count = folded.filter(({ square }) => square.answer === answer).length;
    return `${count} ${answer}`;
  });
  context.out.write(`${runs.length} runs, ${folded.length} squares: ${counts.join(", ")}\n${out}/index.html\n`);
  return troubles.length > 0 ? exits.usage : exits.ok;
}
