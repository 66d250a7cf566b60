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
  /** Whether the user came as root by sudo, and will be nobody in particular when the run has ended. */
  readonly bySudo: boolean;
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
export async function keepTestbed(
  testbed: KeepableTestbed,
  { when, folder, name, bySudo, onKept }: Keeping,
): Promise<void> {
  if (when === undefined) return;
  try {
    if (when === "failed" && (await hasPassed(folder))) return;
    const { enter, hint, remove } = await testbed.keep(name.replaceAll(" ", "-"));
    const again = (argv: readonly string[]) => typed(bySudo ? ["sudo", ...argv] : argv);
    onKept([
      `${name}: its testbed was left up`,
      `  enter it:  ${again(enter)}${hint === undefined ? "" : `   # ${hint}`}`,
      `  remove it: ${remove.map(again).join(" && ")}`,
    ]);
  } catch (error) {
    const why = inert(oneLine(error instanceof Error ? error.message : String(error)));
    onKept([`${name}: its testbed could not be left up: ${why}`]);
  }
}
