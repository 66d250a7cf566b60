import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRuns, rereading } from "../src/commands/matrix-runs.ts";
import { siteFiles, siteMark } from "../src/commands/site-files.ts";
import { foldMatrix, type Setting } from "../src/matrix/fold.ts";
import { pool } from "../src/matrix/runs.ts";
import { replaceFolder } from "../src/results/replace-folder.ts";
import { openedIn } from "./browser.ts";
import { type Size, syntheticCatalog, syntheticVerdicts } from "./synthetic-verdicts.ts";

const now = "2026-11-22T12:00:00.000Z";

/** As asked for: seconds and megabytes of the largest size, kilobytes and milliseconds of the first page. */
const most = { seconds: 60, megabytes: 1000, firstKilobytes: 500, usable: 1000 };

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map(name => statSync(join(folder, name)))
    .reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}

async function made(
  root: string,
  size: Size,
  out: string,
): Promise<{ runs: number; read: number; fold: number; write: number }> {
  const setting: Setting = {
    catalog: syntheticCatalog(root, size),
    ...{ tool: { name: "kata-verify", version: "0.1.0", commit: "bench" }, now, maxAgeDays: 180 },
  };
  const results = [{ folder: syntheticVerdicts(root, size, now), witness: async () => "runners" as const }];
  const begin = performance.now();
  const runs = await readRuns(results, pool(), trouble => {
    throw trouble;
  });
  const read = performance.now();
  const folded = foldMatrix(runs, setting);
  const fold = performance.now();
  await replaceFolder(out, siteMark, siteFiles(root, folded, setting, rereading(results)));
  return { runs: runs.length, read: read - begin, fold: fold - read, write: performance.now() - fold };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * Reads, folds and publishes synthetic verdicts with all checks that a recorded one has, at three sizes; the verdicts are made as they
 * are read, which is in the time. The largest has 140000 cells. Then opens its first page in Chromium.
 */
export async function site(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-bench-"));
  try {
    for (const targets of [50, 100, 200]) {
      const { runs, read, fold, write } = await made(root, { targets, scenarios: 7, runs: 100 }, join(folder, "site"));
      const total = read + fold + write;
      const memory = process.resourceUsage().maxRSS / 1024;
      const mark = total / 1000 < most.seconds && memory < most.megabytes ? "ok  " : "OVER";
      const parts = `read ${seconds(read)}, fold ${seconds(fold)}, write ${seconds(write)}; ${((total * 1000) / runs).toFixed(0)} µs a cell`;
      console.log(
        `${mark} site of ${runs} cells: ${seconds(total)} (less than ${most.seconds}), ${memory.toFixed(0)} MB (less than ${most.megabytes}); ${parts}`,
      );
    }
    const index = statSync(join(folder, "site", "index.html")).size / 1000;
    const { usable, filtered } = await openedIn(join(folder, "site", "index.html"));
    const mark = index < most.firstKilobytes && usable < most.usable ? "ok  " : "OVER";
    const figures = `${index.toFixed(0)} kB (less than ${most.firstKilobytes}), usable after ${usable.toFixed(0)} ms (less than ${most.usable})`;
    console.log(
      `${mark} its first page: ${figures}, a filter takes ${filtered.toFixed(0)} ms; all pages: ${(bytesBelow(folder) / 1e6).toFixed(0)} MB`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
