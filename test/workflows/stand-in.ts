import type { Runner } from "./scripts.ts";

/** Stands for kata-verify: leaves a verdict with the next standing, and ends with the next exit code. */
export function standIn(
  at: Runner,
  ends: readonly { readonly code: number; readonly standing?: string; readonly checks?: unknown }[],
): string {
  at.program(
    "stand-in.cjs",
    `const { mkdirSync, existsSync, writeFileSync } = require("node:fs");
const ends = ${JSON.stringify(ends)};
const done = readFileSync(${JSON.stringify(at.path("stand-in.cjs.calls"))}, "utf8").trim().split("\\n").length;
const { code, standing, checks } = ends[Math.min(done, ends.length) - 1];
const value = name => argv[argv.indexOf(name) + 1];
if (standing !== undefined) {
  const folder = value("--out") + "/" + argv[1];
  mkdirSync(folder, { recursive: true });
  const scenarios = argv.slice(argv.indexOf("--scenario") + 1, argv.indexOf("--arch"));
  const cells = scenarios.map(scenario => ({ scenario, arch: value("--arch"), standing, checks: checks ?? [] }));
  writeFileSync(folder + "/verdict.json", JSON.stringify({ target: argv[1], startedAt: "2026-11-23T00:00:00Z", cells }));
}
process.exitCode = code;`,
  );
  return at.path("bin/stand-in.cjs");
}
