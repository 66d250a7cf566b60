import { judgeCell } from "../judge/cell.ts";
import { checksOf } from "../judge/checks.ts";
import type { KeepableTestbed } from "../model/testbed.ts";
import { inert } from "../reporters/text/inert.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { loadResults } from "../results/load.ts";
import { typed } from "./perform.ts";
import type { VerifyOptions } from "./verify-options.ts";

export interface Keeping {
  readonly when: VerifyOptions["keep"];
  /** Of the cell's results. */
  readonly folder: string;
  /** The cell, for people. */
  readonly name: string;
  /** Given lines to print at the end of the run. */
  readonly onKept: (lines: readonly string[]) => void;
}

/** What is in the journal at that moment decides, as it does at the end. */
async function hasPassed(folder: string): Promise<boolean> {
  const [loaded] = await loadResults(folder);
  const [seen] = loaded?.cells ?? [];
  if (seen === undefined) return false;
  const { outcome } = judgeCell(seen.evidence, checksOf(seen.evidence.cell.scenario));
  return outcome === "pass" || outcome === "skip";
}

/** Leaves a testbed up where the user asked for that; never rejects. */
export async function keepTestbed(testbed: KeepableTestbed, { when, folder, name, onKept }: Keeping): Promise<void> {
  if (when === undefined) return;
  try {
    if (when === "failed" && (await hasPassed(folder))) return;
    const { enter, hint, remove } = await testbed.keep(name.replaceAll(" ", "-"));
    onKept([
      `${name}: its testbed was left up`,
      `  enter it:  ${typed(enter)}${hint === undefined ? "" : `   # ${hint}`}`,
      `  remove it: ${remove.map(typed).join(" && ")}`,
    ]);
  } catch (error) {
    const why = inert(oneLine(error instanceof Error ? error.message : String(error)));
    onKept([`${name}: its testbed could not be left up: ${why}`]);
  }
}
