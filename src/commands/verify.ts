import { existsSync } from "node:fs";
import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { type Exit, exitCode, exits } from "../judge/exit.ts";
import type { PlannedCell } from "../model/cell.ts";
import type { Tell } from "../model/progress.ts";
import type { Verdict } from "../model/verdict.ts";
import { nameOf } from "../observe/cell.ts";
import { RunEnded } from "../observe/trouble.ts";
import { planCells } from "../plan/cells.ts";
import { printed } from "../reporters/index.ts";
import { verdictsJson } from "../reporters/verdict-json.ts";
import { clearTarget } from "../results/clear.ts";
import { cellFolder, type Place, targetFolder } from "../results/folders.ts";
import { type LoadedCell, loadTarget } from "../results/load.ts";
import { lockResults } from "../results/lock.ts";
import { loadOtherArches } from "../results/other-arches.ts";
import { ensureReplaceable } from "../results/replaceable.ts";
import { saveVerdict } from "../results/save.ts";
import { ensureWritable } from "../results/writable.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { cacheFolder } from "./folders.ts";
import { judgeTarget } from "./judge.ts";
import { checkKata, mustHaveGiven } from "./kata-hands.ts";
import { paintFor } from "./paint.ts";
import { mustBeAbleHere, prepare, prepareThisMachine } from "./prepare.ts";
import { neededFor } from "./prerequisites.ts";
import { progressFor } from "./progress.ts";
import { requestOf } from "./request.ts";
import { runCell } from "./run-cell.ts";
import { untriedRunner } from "./runner.ts";
import { noSession, openSession } from "./session.ts";
import { stopping } from "./stopping.ts";
import { type VerifyOptions, verifyOptions } from "./verify-options.ts";
import { userFiles } from "./with-file.ts";
import { packageFiles } from "./with-package.ts";

/** What ended a part of the run and not the run: all that was seen is judged before it is thrown. */
type Troubles = unknown[];

const placeOf = ({ target, arch, scenario }: PlannedCell): Place => ({
  ...{ target: target.id, arch, scenario: scenario.id },
});

/** What was there before the run and stays, by target. */
type Others = ReadonlyMap<string, readonly LoadedCell[]>;

async function loadOthers(out: string, places: readonly Place[]): Promise<Others> {
  const others = new Map<string, readonly LoadedCell[]>();
  for (const { target, arch } of places)
    if (!others.has(target)) others.set(target, await loadOtherArches(out, target, arch));
  return others;
}

/** The verdict of a target's cells, in the order in which `judge` finds them on disk. */
function verdictOf(target: string, cells: readonly LoadedCell[]): Verdict | undefined {
  const [first, ...rest] = [...cells].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  return first && judgeTarget(target, [first, ...rest]);
}

/**
 * Judges what is on disk, as `judge` does later: there is one way from evidence to verdict. Only what this run wrote, for there may be
 * folders of others beside it; on disk, with what was there of other architectures. Resolves to the verdicts of this run alone.
 */
async function judgeTargets(
  out: string,
  places: readonly Place[],
  others: Others,
  troubles: Troubles,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const target of new Set(places.map(place => place.target))) {
    try {
      const own = places.filter(place => place.target === target).map(place => cellFolder(out, place));
      const cells = own.filter(folder => existsSync(join(folder, "journal.ndjson")));
      const folder = targetFolder(out, target);
      const seen = cells.length === 0 ? [] : (await loadTarget({ folder, cells, whole: false })).cells;
      const verdict = verdictOf(target, seen);
      if (verdict) verdicts.push(verdict);
      const whole = verdictOf(target, [...seen, ...(others.get(target) ?? [])]);
      if (whole) await saveVerdict(out, whole);
    } catch (trouble) {
      troubles.push(trouble);
    }
  }
  return verdicts;
}

async function publish(
  verdicts: readonly Verdict[],
  kept: readonly string[],
  options: VerifyOptions,
  { env, out, err }: Context,
): Promise<void> {
  const { json } = options;
  const folders = verdicts.map(({ target }) => targetFolder(options.out, target));
  const stream = json ? err : out;
  if (json) out.write(verdictsJson(verdicts));
  stream.write(printed.terminal(verdicts, paintFor(stream), folders));
  if (kept.length > 0) stream.write(`\n${kept.join("\n")}\n`);
  if (env["GITHUB_ACTIONS"] !== "true") return;
  stream.write(printed.github(verdicts));
  const summary = env["GITHUB_STEP_SUMMARY"];
  if (!summary) return;
  const { size } = await stat(summary).catch(() => ({ size: 0 }));
  await appendFile(summary, printed["step-summary"](verdicts, size)).catch((error: Error) =>
    err.write(`kata-verify: the step's summary was not written: ${error.message}\n`),
  );
}

async function runCells(
  cells: readonly PlannedCell[],
  jobs: number,
  run: (cell: PlannedCell) => Promise<void>,
): Promise<Troubles> {
  const limit = pLimit(jobs);
  const ends = await Promise.allSettled(cells.map(cell => limit(() => run(cell))));
  return ends.flatMap(end => (end.status === "rejected" ? [end.reason] : []));
}

/** Steps are for the verbose; consoles too, but a live view has a place for the last line. */
function telling(tell: Tell, verbose: boolean, live: boolean): Tell {
  const left = new Set(verbose ? [] : live ? ["step"] : ["step", "console"]);
  return event => void (left.has(event.kind) || tell(event));
}

/** What ended the run before its time, as an exit code. */
function early(signal: AbortSignal): Exit | undefined {
  if (!(signal.reason instanceof RunEnded) || signal.reason.code !== "infra.interrupted") return undefined;
  return signal.reason.signal === "SIGTERM" ? exits.terminated : exits.interrupted;
}

/** Verifies targets: plans, observes, judges, reports. What was seen is on disk whatever happens. */
export async function verify(values: Values, context: Context): Promise<number> {
  const request = requestOf(values);
  const options = verifyOptions(values);
  const catalog = await readCatalog(context, values.options["catalog"]);
  const asked = planCells(catalog, request, await untriedRunner());
  const local = asked.filter(cell => cell.testbed === "local" && cell.notApplicable === undefined);
  if (local.length > 0) mustBeAbleHere(options);
  await checkKata(asked);
  await packageFiles(options.withPackage);
  await userFiles(options.withFile);
  await ensureWritable("results", options.out, "Name another one with --out DIR");
  await ensureReplaceable(options.out, asked.map(placeOf));
  await ensureWritable("cache", cacheFolder(context.env), "Name another one with XDG_CACHE_HOME");
  const made = asked.filter(cell => cell.testbed !== "local");
  await prepare(neededFor(made.map(cell => cell.target)), options.setup);
  using _lock = lockResults(options.out, `process ${process.pid} since ${context.clock()}`);
  const others = await loadOthers(options.out, asked.map(placeOf));
  const added = local.length === 0 ? [] : await prepareThisMachine(local, options);
  using stop = stopping(options.deadline);
  using progress = progressFor(context.err, { quiet: options.quiet, env: context.env });
  const tell = telling(progress.tell, options.verbose, context.err.isTTY === true);
  const { signal } = stop;
  const session = await openSession({ context, options, request, added, tell, signal }).catch(noSession);
  const cells = planCells(catalog, request, session.plan);
  await mustHaveGiven(cells, async cell => session.hands(tell, nameOf(cell)).kata(cell, () => {}));
  for (const target of new Set(cells.map(cell => cell.target.id))) await clearTarget(options.out, target, request.arch);
  const kept: string[] = [];
  const troubles = await runCells(cells, options.jobs, cell =>
    runCell({ cell, session, options, request, context, tell, signal, onKept: lines => kept.push(...lines) }),
  );
  const verdicts = await judgeTargets(options.out, cells.map(placeOf), others, troubles);
  progress[Symbol.dispose]();
  await publish(verdicts, kept, options, context);
  if (troubles.length > 0) throw troubles[0];
  return early(signal) ?? exitCode(verdicts, request);
}
