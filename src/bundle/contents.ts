import { fold } from "../judge/fold.ts";
import { judgeEvidence } from "../judge/target.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Verdict } from "../model/verdict.ts";
import { verdictJson } from "../reporters/verdict-json.ts";
import { logFile } from "../results/folders.ts";
import type { readJournal } from "../results/journal-read.ts";
import { logText } from "../results/logs.ts";
import { evidenceJson, packagesJson } from "../results/save.ts";
import type { Files } from "./names.ts";

/** A cell of a bundle: its journal as it was written, and what it amounts to. */
export interface BundledCell {
  /** `amd64/qemu-distro-kernel` */
  readonly folder: string;
  readonly journal: Uint8Array;
  readonly lines: ReturnType<typeof readJournal>["lines"];
  readonly evidence: Evidence;
}

const utf8 = new TextEncoder();

export const folderOf = ({ cell }: Evidence): string => `${cell.arch}/${cell.scenario.id}`;

/** Throws what `fold` throws. */
export const bundledCell = (journal: Uint8Array, lines: BundledCell["lines"]): BundledCell => {
  const evidence = fold(lines);
  return { folder: folderOf(evidence), journal, lines, evidence };
};

function cellFiles({ folder, journal, evidence }: BundledCell): (readonly [string, Uint8Array])[] {
  const logs = Object.entries(evidence.steps).map(
    ([step, seen]) => [`${folder}/${logFile(step)}`, utf8.encode(logText(seen))] as const,
  );
  return [
    [`${folder}/journal.ndjson`, journal],
    [`${folder}/evidence.json`, utf8.encode(evidenceJson(evidence))],
    [`${folder}/manifest.json`, utf8.encode(packagesJson(evidence))],
    ...logs,
  ];
}

export interface Contents {
  readonly verdict: Verdict;
  /** Everything in a bundle but its manifest and signature. */
  readonly files: Files;
}

/** All files of a bundle follow from its journals: evidence, packages, logs and verdict are made anew, here as by whoever checks it. */
export function contents(cells: readonly [BundledCell, ...BundledCell[]]): Contents {
  const [first, ...rest] = cells;
  const verdict = judgeEvidence([first.evidence, ...rest.map(({ evidence }) => evidence)]);
  const files = new Map([["verdict.json", utf8.encode(verdictJson(verdict))], ...cells.flatMap(cellFiles)] as const);
  return { verdict, files };
}
