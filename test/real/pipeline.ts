import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type CellVerdict, Verdict } from "../../src/model/verdict.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The cache of all tests that run the command line: images, disks and snapshots are made once for all of them. */
export const cacheHome = join(root, ".cache", "real");

/** Results stay there until the test runs again, for whoever has to find out why one failed. */
export const resultsOf = (name: string) => join(root, ".cache", "results", name.replaceAll(/[^a-z0-9]+/gi, "-"));

/** What must not be as it is where the tests run: a run in CI is one only where the test says so. */
const unset = ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI", "NO_COLOR", "FORCE_COLOR"] as const;

export interface PipelineOptions {
  /** In place of the project's bin: the words that start another. */
  readonly program?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the run with it. */
  readonly signal?: AbortSignal;
}

/** The command line, started: a promise of its end, with its `pid` and `kill`. */
export type Running = ReturnType<typeof start>;

/** The command line at its end. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** The most memory that it ever held, as the kernel counts resident pages. */
  readonly peakMiB: number;
}

/** A run of `verify` with one target and one scenario. */
export interface Verified extends Ended {
  /** Folder that was given as --out. */
  readonly out: string;
  readonly cell: CellVerdict;
  /** As {@link saidOf} has it. */
  readonly said: Readonly<Record<string, string>>;
}

const bin = [join(root, "bin", "kata-verify.mjs")];

/** Starts the project's bin as a process of its own. */
export function start(argv: readonly string[], { program = bin, env = {}, signal }: PipelineOptions = {}) {
  const blank = Object.fromEntries(unset.map(name => [name, undefined]));
  return execa(process.execPath, [...program, ...argv], {
    env: { ...blank, XDG_CACHE_HOME: cacheHome, ...env },
    stdin: "ignore",
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
}

const peakOf = async (pid: number | undefined): Promise<number> => {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
};

export async function end(running: Running): Promise<Ended> {
  let peakMiB = 0;
  const watch = setInterval(async () => {
    peakMiB = Math.max(peakMiB, await peakOf(running.pid));
  }, 100);
  const { exitCode, signal, stdout, stderr, durationMs } = await running.finally(() => clearInterval(watch));
  return { exitCode, signal, stdout, stderr, seconds: Math.round(durationMs / 100) / 10, peakMiB };
}

export const run = (argv: readonly string[], options?: PipelineOptions): Promise<Ended> => end(start(argv, options));

/** The one verdict under a folder of results. */
export async function readVerdict(out: string): Promise<Verdict> {
  const [target = "", ...others] = (await readdir(out)).filter(name => !name.startsWith("."));
  if (others.length > 0) throw new Error(`more than one target in ${out}: ${[target, ...others]}`);
  return Verdict.parse(JSON.parse(await readFile(join(out, target, "verdict.json"), "utf8")));
}

/** By check: `pass`, `skip provenance.candidate`, `fail vmm.crash`, `error infra.slow`. */
export const saidOf = ({ checks }: CellVerdict): Readonly<Record<string, string>> =>
  Object.fromEntries(checks.map(({ id, outcome, reason }) => [id, reason ? `${outcome} ${reason.code}` : outcome]));

/** `verify` into a results folder of that name, which is emptied before; rejects, with what it printed, where it left no verdict. */
export async function verify(name: string, argv: readonly string[], options?: PipelineOptions): Promise<Verified> {
  const out = resultsOf(name);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const ended = await run(["verify", ...argv, "--out", out], options);
  const verdict = await readVerdict(out).catch(cause => {
    throw new Error(`exit code ${ended.exitCode}, no verdict\n${ended.stderr}`, { cause });
  });
  const [cell] = verdict.cells;
  if (cell === undefined) throw new Error("a verdict without a cell");
  return { ...ended, out, cell, said: saidOf(cell) };
}
