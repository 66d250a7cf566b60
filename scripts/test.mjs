import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ready } from "./ready.mjs";
import { renewDependencies } from "./renew.mjs";
import { count, counted, counts, forget, lastLine } from "./tally.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

const stages = {
  lint: ["biome", "check"],
  types: ["tsc", "-p", "."],
  unit: ["vitest", "run", "-c", "vitest.config.ts"],
  real: ["vitest", "run", "-c", "vitest.real.config.ts"],
  long: ["vitest", "run", "-c", "vitest.long.config.ts"],
};

/** What a run of kata-verify needs, and what its tests need besides. */
const machine = ["engine", "mmdebstrap", "flock", "registry", "dpkg-deb", "chromium", "shellcheck", "go"];

/** `check` needs nothing but Node, and is for every commit; the others need a machine. */
const runs = {
  check: { stages: ["lint", "types", "unit"], needs: [] },
  all: { stages: ["lint", "types", "unit", "real"], needs: machine },
  long: { stages: ["long"], needs: machine },
};

/** Runs a stage to its end, counts its tests, and returns what went wrong. */
function failures(name) {
  const [program, ...argv] = stages[name];
  const report = join(root, ".cache", "tests", `${name}.json`);
  const json = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const path = join(root, "node_modules", ".bin", program);
  const { status, signal, error } = spawnSync(path, program === "vitest" ? [...argv, ...json] : argv, {
    cwd: root,
    stdio: "inherit",
  });
  const seen = counts(report);
  const endedBadly = status !== 0;
  count(root, endedBadly && seen.failed === 0 ? { ...seen, failed: 1 } : seen);
  return [
    ...(endedBadly ? [`${name} ended with ${error?.message ?? signal ?? status}`] : []),
    ...(seen.skipped > 0 ? [`${name} skipped ${seen.skipped} tests: a test that cannot run has to fail`] : []),
  ];
}

async function prepare(needs, setup) {
  const { prepare: prepareRunner } = await import(await ready(root, "prepare"));
  await prepareRunner(needs, setup);
}

function asked() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { setup: { type: "boolean" } } });
  const [name] = positionals;
  const run = runs[name];
  if (run === undefined || positionals.length > 1) throw new Error(`there is no run "${positionals.join(" ")}"`);
  return { ...run, setup: values.setup === true };
}

/** The exit code: 0 when all passed, 1 when something failed, 2 when it could not begin. */
async function main() {
  try {
    forget(root);
    const { stages: names, needs, setup } = asked();
    await renewDependencies(root);
    if (needs.length > 0) await prepare(needs, setup);
    const troubles = names.flatMap(failures);
    for (const trouble of troubles) console.error(`kata-verify: ${trouble}`);
    return troubles.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`kata-verify: ${error.message}${error.hint ? `\n${error.hint}` : ""}`);
    return 2;
  }
}

process.exitCode = await main();
console.log(lastLine(counted(root), process.exitCode === 0));
