import { type Exit, exitCode, exits } from "../judge/exit.ts";
import { judgeEvidence } from "../judge/target.ts";
import { UsageError } from "../model/failure.ts";
import type { Verdict } from "../model/verdict.ts";
import { printed } from "../reporters/index.ts";
import { harmless } from "../reporters/text/inert.ts";
import { verdictsJson } from "../reporters/verdict-json.ts";
import { findTargets, type LoadedTarget, loadTarget } from "../results/load.ts";
import type { Values } from "./actions.ts";
import { compared } from "./compare.ts";
import type { Context } from "./context.ts";
import { paintFor } from "./paint.ts";
import { words } from "./values.ts";

/** The verdict that follows from the evidence of one target. */
export function judgeTarget(target: string, [first, ...rest]: LoadedTarget["cells"]): Verdict {
  return { ...judgeEvidence([first.evidence, ...rest.map(({ evidence }) => evidence)]), target };
}

/** The worst first: a proven failure is not hidden by what could not be read, nor that by what could not be told. */
const order: readonly Exit[] = [exits.unsupported, exits.usage, exits.inconclusive, exits.nothingRan];

const worst = (found: readonly Exit[]): Exit => order.find(one => found.includes(one)) ?? exits.ok;

/** Loads what it can; says what it cannot, and that it is left out. */
async function loadAll(paths: readonly string[], say: (trouble: UsageError) => void): Promise<LoadedTarget[]> {
  const loaded: LoadedTarget[] = [];
  const trying = async (work: () => Promise<void>) =>
    work().catch((trouble: unknown) => {
      if (!(trouble instanceof UsageError)) throw trouble;
      say(trouble);
    });
  for (const path of paths)
    await trying(async () => {
      for (const place of await findTargets(path)) await trying(async () => void loaded.push(await loadTarget(place)));
    });
  return loaded;
}

/**
 * Judges recorded evidence again, without an engine, and compares with the files beside it. The exit code is the worst of: that of the
 * verdicts; 1 for a file that differs, 2 for results that cannot be used, 3 for evidence without its journal.
 */
export async function judge(values: Values, { out, err }: Context): Promise<Exit> {
  const found: Exit[] = [];
  const loaded = await loadAll(words(values.arguments[0]), ({ message, hint }) => {
    err.write(harmless(`kata-verify: ${message}\n${hint}\n`));
    found.push(exits.usage);
  });
  if (loaded.length === 0) return worst(found);
  const judged = loaded.map(one => ({ one, verdict: judgeTarget(one.target, one.cells) }));
  const verdicts = judged.map(({ verdict: own }) => own);
  out.write(values.options["json"] ? verdictsJson(verdicts) : printed.terminal(verdicts, paintFor(out)));
  for (const { line, exit } of judged.flatMap(({ one, verdict: own }) => compared(one, own))) {
    err.write(harmless(`${line}\n`));
    found.push(exit);
  }
  const requireKvm = values.options["require"] === "kvm";
  const required = judged.filter(({ one }) => one.cells.some(cell => cell.evidence.request.requireKvm));
  const lacking = required
    .map(({ verdict: own }) => exitCode([own], { requireKvm: true }))
    .filter(exit => exit === exits.inconclusive);
  return worst([...found, ...lacking, exitCode(verdicts, { requireKvm })]);
}
