import { join } from "node:path";
import type { Evidence } from "../src/model/evidence.ts";
import { startByHand } from "./by-hand.ts";
import { type Run, type Said, verifyDebian13 } from "./cli.ts";
import { made } from "./machines.ts";
import { say } from "./measure.ts";

interface Span {
  readonly step: string;
  readonly from: number;
  readonly to: number;
}

/** When each step ran, by what the program said at its end. */
function spans(said: readonly Said[]): Span[] {
  return said.flatMap(({ at, line }) => {
    const [, step, ms] = /(?:^|\s)([a-z]+\.[a-z0-9-]+) \w+ .*?(\d+) ms\b/.exec(line) ?? [];
    return step === undefined ? [] : [{ step, from: at - Number(ms), to: at }];
  });
}

/** Milliseconds in which at least one of them ran. */
function covered(all: readonly Span[]): number {
  let ms = 0;
  let until = 0;
  for (const { from, to } of [...all].sort((a, b) => a.from - b.from)) {
    ms += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return ms;
}

/** The tier's own time: control and Kata, on the testbed that is up. */
function tierMs(all: readonly Span[]): number {
  const own = all.filter(({ step }) => /^(?:control|kata)\./.test(step) && step !== "kata.modules");
  if (own.length === 0) throw new Error("the run had no step of the kata tier");
  return Math.max(...own.map(({ to }) => to)) - Math.min(...own.map(({ from }) => from));
}

/** Options of `ctr run` that a person would not need for one container. */
const ours = new Set(["--with-ns", "--label", "--mount"]);

function ctrRun(argv: readonly string[]): string[] {
  const words = argv.slice(argv.findIndex(word => word.endsWith("/ctr")));
  const image = words.findIndex(word => word.startsWith("localhost/"));
  const kept = words.slice(0, image).filter((word, at) => !ours.has(word) && !ours.has(words[at - 1] ?? ""));
  const options = kept.filter(word => word !== "--detach" && word !== "--null-io");
  return [...options.map(word => (word === "run" ? "run --rm" : word)), words[image] ?? "", "hand", "sh", "-c", "true"];
}

/** What a person would type on the testbed, with the same configuration; the client's input must not end: Kata's runtime in Go hangs at its end. */
function byHand({ steps }: Evidence): string {
  const dropIn = steps["kata.drop-in"];
  const sandbox = steps["kata.sandbox"];
  if (!dropIn || !sandbox) throw new Error("the evidence has no sandbox that was started");
  const [folder, path] = dropIn.argv.slice(-2);
  return `
mkdir -p ${folder} && cat >${path} <<'END'
${dropIn.stdout}
END
mkfifo /run/hand.input && exec 3<>/run/hand.input
now() { read -r up rest </proc/uptime; echo "\${up%.*}\${up#*.}0"; }
begin=$(now)
${ctrRun(sandbox.argv).join(" ")} <&3 && echo "took $(( $(now) - begin ))"
`;
}

async function ctrRunByHand(root: string, cache: string, run: Run): Promise<{ ctrMs: number; restoreMs: number }> {
  const { given } = await made(root, cache);
  await using vm = await startByHand(given, true);
  const said = await vm.run(byHand(run.evidence));
  const took = /took (\d+)/.exec(said)?.[1];
  if (took === undefined) throw new Error(`no container ran by hand: ${said}`);
  return { ctrMs: Number(took), restoreMs: vm.tookMs };
}

/** A whole cell with Kata's binaries, named by KATA_VERIFY_TEST_KATA, against one container by hand on the same testbed. */
export async function kata(root: string): Promise<void> {
  const binaries = process.env["KATA_VERIFY_TEST_KATA"];
  if (!binaries) throw new Error("Kata's binaries are in no registry: name them, KATA_VERIFY_TEST_KATA=PATH");
  const home = join(root, ".cache", "bench-cache");
  const env = { ...process.env, XDG_CACHE_HOME: home };
  const runtimes = ["rust", "go"].map(runtime => ({ runtime, options: ["--kata", binaries, "--runtime", runtime] }));
  for (const { options } of runtimes) await verifyDebian13(root, env, options);
  for (const { runtime, options } of runtimes) {
    const run = await verifyDebian13(root, env, options);
    const { ctrMs, restoreMs } = await ctrRunByHand(root, join(home, "kata-verify"), run);
    const all = spans(run.said);
    say(`kata tier, ${runtime}, against one ctr run`, tierMs(all), ctrMs, 4);
    say(`harness's share of a whole cell, ${runtime}`, run.wholeMs - restoreMs - covered(all), run.wholeMs, 0.1);
  }
}
