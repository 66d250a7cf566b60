import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { judgeCell } from "../judge/cell.ts";
import { checksOf } from "../judge/checks.ts";
import type { PlannedCell, Request } from "../model/cell.ts";
import type { Event } from "../model/evidence.ts";
import type { Tell } from "../model/progress.ts";
import { nameOf, observeCell } from "../observe/cell.ts";
import { cellFolder } from "../results/folders.ts";
import { JournalLost, openJournal } from "../results/journal.ts";
import { loadResults } from "../results/load.ts";
import { makeFolder } from "../results/make-folder.ts";
import { saveCell } from "../results/save.ts";
import { tellingNames, valueWithoutSecrets } from "../results/secrets.ts";
import type { Context } from "./context.ts";
import { keepTestbed } from "./keep.ts";
import type { Session } from "./session.ts";
import type { VerifyOptions } from "./verify-options.ts";

export interface CellRun {
  readonly cell: PlannedCell;
  readonly session: Session;
  readonly options: VerifyOptions;
  readonly request: Request;
  readonly context: Context;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Given lines, to print at the end of the run, about a testbed that was left up. */
  readonly onKept: (lines: readonly string[]) => void;
}

/**
 * Observes one cell into its journal, then reads the journal back: what counts is what is on disk. Rejects with what only a bug can have
 * thrown, after that, and with the errno of a disk that takes nothing any more.
 */
export async function runCell(run: CellRun): Promise<void> {
  const { cell, session, options, request, context, tell, signal, onKept } = run;
  const { target, scenario, arch } = cell;
  const folder = cellFolder(options.out, { target: target.id, arch, scenario: scenario.id });
  await makeFolder(folder);
  const path = join(folder, "journal.ndjson");
  const journal = openJournal(path, context.clock);
  const name = nameOf(cell);
  // What a journal has once said cannot be taken out of it: its lines are chained.
  const names = tellingNames(hostname(), JSON.stringify({ target, scenario }));
  const emit = (event: Event) => {
    journal.emit(valueWithoutSecrets(event, names));
    if (event.kind === "opened" && options.challenge !== undefined)
      journal.emit({ kind: "fact", name: "challenge", value: options.challenge });
    if (event.kind !== "observed") return;
    const { ending, durationMs } = event.seen;
    tell({ kind: "step", cell: name, step: event.step, ending, durationMs });
  };
  const { tool, runner, hands } = session;
  const bySudo = context.env["SUDO_UID"] !== undefined;
  const keeping = { when: options.keep, folder, name, bySudo, onKept };
  const trouble: unknown = await observeCell({
    cell,
    tool,
    requireKvm: request.requireKvm,
    runner,
    hands: () => ({ ...hands(tell, name), beforeClose: testbed => keepTestbed(testbed, keeping) }),
    emit,
    tell,
    signal,
  }).catch(error => error);
  journal.close();
  if (!existsSync(path)) throw trouble;
  const [loaded] = await loadResults(folder);
  const [seen] = loaded?.cells ?? [];
  if (seen) {
    await saveCell(options.out, seen.evidence);
    const { standing, because } = judgeCell(seen.evidence, checksOf(scenario));
    tell({ kind: "ended", cell: name, standing, because });
  }
  // Where the journal was lost, it says so itself.
  if (trouble !== undefined && !(trouble instanceof JournalLost)) throw trouble;
}
