import { spawnSync } from "node:child_process";

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
export const median = (values: readonly number[]): number =>
  sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * The least of several: what neighbours take of a machine only ever adds. For what runs for so long that a quiet moment does
 * not last for a pair.
 */
export const least = (values: readonly number[]): number => Math.min(...values);

/** Milliseconds that a program takes as a process of its own. Throws where it fails: a wrong answer has no speed. */
export function timed(argv: readonly [string, ...string[]]): number {
  const [program, ...args] = argv;
  const begin = performance.now();
  const { status, stderr } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const took = performance.now() - begin;
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr}`);
  return took;
}

/** Medians of two things measured in turn, so that a busy moment falls on both. */
export function paired(times: number, a: () => number, b: () => number): { a: number; b: number } {
  const seen = Array.from({ length: times }, () => ({ a: a(), b: b() }));
  return { a: median(seen.map(one => one.a)), b: median(seen.map(one => one.b)) };
}

/** One line of the report: what, the ratio and what it should be at most, and the two figures. */
export function say(what: string, ours: number, base: number, most: number): void {
  const ratio = ours / base;
  const mark = ratio <= most ? "ok  " : "OVER";
  console.log(
    `${mark} ${what.padEnd(44)} ${ratio.toFixed(2)} (at most ${most})  ${ours.toFixed(0)} ms / ${base.toFixed(0)} ms`,
  );
}
