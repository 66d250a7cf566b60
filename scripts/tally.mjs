import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = root => join(root, ".cache", "tests", "tally.json");
const nothing = { passed: 0, failed: 0, skipped: 0 };

/** Forgets the counts of the run before. */
export function forget(root) {
  rmSync(join(root, ".cache", "tests"), { recursive: true, force: true });
  mkdirSync(join(root, ".cache", "tests"), { recursive: true });
}

/** What the run has counted so far. */
export function counted(root) {
  try {
    return JSON.parse(readFileSync(file(root), "utf8"));
  } catch {
    return nothing;
  }
}

/** Adds counts to those of the run. */
export function count(root, more) {
  const so = counted(root);
  const sum = Object.fromEntries(Object.keys(nothing).map(key => [key, so[key] + (more[key] ?? 0)]));
  writeFileSync(file(root), JSON.stringify(sum));
}

/** What vitest's JSON report counts; a report that is missing counts nothing. */
export function counts(report) {
  try {
    const seen = JSON.parse(readFileSync(report, "utf8"));
    return {
      passed: seen.numPassedTests,
      failed: seen.numFailedTests,
      skipped: seen.numPendingTests + seen.numTodoTests,
    };
  } catch {
    return nothing;
  }
}

/** The last line of a run. One that ended badly before it could count what failed has a failure all the same. */
export function lastLine({ passed, failed, skipped }, endedWell) {
  return `${passed} passed, ${endedWell ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`;
}
