// Fails where a cell of the plan left no verdict: a job that was never started, was killed, or lost its artifact.
import { existsSync, readFileSync } from "node:fs";
import { sayError } from "./runner-files.mjs";
import { cellsOf, readVerdict, verdictPaths } from "./verdicts.mjs";
import { scriptEnds } from "./words.mjs";

await scriptEnds(() => {
  const { PLAN = "plan.json", RESULTS = "results" } = process.env;
  const { include } = JSON.parse(readFileSync(PLAN, "utf8"));
  const verdicts = existsSync(RESULTS) ? verdictPaths(RESULTS).map(readVerdict) : [];
  const cells = include.flatMap(entry => cellsOf(entry, verdicts));
  const missing = cells.filter(({ cell }) => cell === undefined);
  for (const { target, scenario, arch } of missing)
    sayError(`${target} ${scenario} ${arch}: planned, and left no verdict`);
  console.log(`${cells.length} cells planned, ${missing.length} without a verdict`);
  return missing.length === 0 ? 0 : 1;
});
