import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const isRecord = value => typeof value === "object" && value !== null && !Array.isArray(value);

/** The verdict in a file; undefined where there is none, or none that can be read. */
export function readVerdict(path) {
  try {
    const verdict = JSON.parse(readFileSync(path, "utf8"));
    const isOne = isRecord(verdict) && typeof verdict.target === "string" && Array.isArray(verdict.cells);
    return isOne && verdict.cells.every(isRecord) ? verdict : undefined;
  } catch {
    return undefined;
  }
}

/** The paths of every verdict.json below a folder; links are not followed. */
export function verdictPaths(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return verdictPaths(path);
    return entry.isFile() && entry.name === "verdict.json" ? [path] : [];
  });
}

/** The cells that an entry of a plan asks for: each with its verdict, or undefined. */
export function cellsOf({ target, arch, scenarios }, verdicts) {
  return scenarios.split(" ").map(scenario => ({
    target,
    arch,
    scenario,
    cell: verdicts
      .filter(verdict => verdict?.target === target)
      .flatMap(({ cells }) => cells)
      .find(cell => cell.scenario === scenario && cell.arch === arch),
  }));
}
