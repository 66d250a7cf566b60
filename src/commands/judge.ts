import { join } from "node:path";
import { judgeCell } from "../judge/cell.ts";
import { checksOf } from "../judge/checks.ts";
import { type Exit, exitCode, exits } from "../judge/exit.ts";
import { verdict } from "../judge/verdict.ts";
import type { Verdict } from "../model/verdict.ts";
import { printed } from "../reporters/index.ts";
import { verdictJson } from "../reporters/verdict-json.ts";
import { type LoadedTarget, loadResults } from "../results/load.ts";
import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";
import { paintFor } from "./paint.ts";
import { words } from "./values.ts";

/** The verdict that follows from the evidence of one target. */
export function judgeTarget(target: string, cells: LoadedTarget["cells"]): Verdict {
  const [first, ...rest] = cells.map(({ evidence }) => ({
    cell: judgeCell(evidence, checksOf(evidence.cell.scenario)),
    startedAt: evidence.startedAt,
    finishedAt: evidence.finishedAt,
  }));
  if (!first) throw new Error(`No cell of ${target}`);
  return verdict(target, cells[0].evidence.tool, [first, ...rest]);
}

function compared({ folder, verdict: kept, cells }: LoadedTarget, text: string): string[] {
  const place = join(folder, "verdict.json");
  const torn = cells
    .filter(cell => cell.torn)
    .map(cell => `${cell.folder}: the journal's last line is torn and was left out`);
  const differs = cells
    .filter(cell => cell.disagrees)
    .map(cell => `${cell.folder}: evidence.json is not what the journal amounts to; the journal counts`);
  if (!kept) return [...torn, ...differs, `${place}: there is none to compare with`];
  return [
    ...torn,
    ...differs,
    kept.text === text ? `${place}: identical` : `${place}: DIFFERS from what the evidence says`,
  ];
}

/** Judges recorded evidence again, without an engine, and compares with the verdict beside it. A verdict that differs is exit 1. */
export async function judge(values: Values, { out, err }: Context): Promise<Exit> {
  const loaded: LoadedTarget[] = [];
  for (const path of words(values.arguments[0])) loaded.push(...(await loadResults(path)));
  const judged = loaded.map(one => ({ one, verdict: judgeTarget(one.target, one.cells) }));
  const verdicts = judged.map(({ verdict: own }) => own);
  out.write(values.options["json"] ? verdicts.map(verdictJson).join("") : printed.terminal(verdicts, paintFor(out)));
  for (const { one, verdict: own } of judged)
    for (const line of compared(one, verdictJson(own))) err.write(`${line}\n`);
  const differs = judged.some(({ one, verdict: own }) => one.verdict && one.verdict.text !== verdictJson(own));
  const requireKvm =
    values.options["require"] === "kvm" || loaded.some(one => one.cells.some(cell => cell.evidence.request.requireKvm));
  return differs ? exits.unsupported : exitCode(verdicts, { requireKvm });
}
