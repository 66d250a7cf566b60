import { join } from "node:path";
import { type Exit, exits } from "../judge/exit.ts";
import type { Verdict } from "../model/verdict.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { verdictJson } from "../reporters/verdict-json.ts";
import { differences } from "../results/differences.ts";
import type { LoadedCell, LoadedTarget } from "../results/load.ts";

/** What is to be said of files beside each other, and the exit code that it asks for. */
export interface Compared {
  readonly line: string;
  readonly exit: Exit;
}

function cell({ folder, torn, journal, differs }: LoadedCell): Compared[] {
  const found: Compared[] = [];
  if (torn) found.push({ line: `${folder}: the journal's last line is torn and was left out`, exit: exits.ok });
  if (!journal)
    found.push({
      line: `${folder}: there is no journal.ndjson that would vouch for evidence.json`,
      exit: exits.inconclusive,
    });
  if (differs !== "")
    found.push({
      line: `${folder}: evidence.json DIFFERS from what the journal amounts to, which counts: ${oneLine(differs, 1000)}`,
      exit: exits.unsupported,
    });
  return found;
}

function kept({ folder, verdict }: LoadedTarget, own: Verdict): Compared {
  const place = join(folder, "verdict.json");
  if (!verdict) return { line: `${place}: there is none to compare with`, exit: exits.ok };
  const text = verdictJson(own);
  if (verdict.text === text) return { line: `${place}: identical`, exit: exits.ok };
  const where = differences(verdict.parsed, JSON.parse(text)) || "only in its form";
  return { line: `${place}: DIFFERS from what the evidence says: ${oneLine(where, 1000)}`, exit: exits.unsupported };
}

/** The files of a target beside each other: journal, evidence and verdict are one run's, and say the same. */
export const compared = (loaded: LoadedTarget, own: Verdict): Compared[] => [
  ...loaded.cells.flatMap(cell),
  kept(loaded, own),
];
