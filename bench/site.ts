import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openedIn } from "./browser.ts";
import { syntheticCatalog, writeCatalog, writeVerdicts } from "./synthetic-verdicts.ts";

/** As asked for: seconds and megabytes of the largest size, kilobytes and milliseconds of the first page. */
const most = { seconds: 60, megabytes: 1000, firstKilobytes: 500, usable: 1000 };

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map(name => statSync(join(folder, name)))
    .reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);

/** The most memory that a process had so far, in megabytes. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs the product to its end: seconds, and megabytes as they were last seen. Throws where it fails. */
async function ran(argv: readonly string[]): Promise<{ seconds: number; megabytes: number }> {
  const begin = performance.now();
  const program = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "inherit"] });
  const peak = { megabytes: 0 };
  const look = setInterval(() => {
    peak.megabytes = Math.max(peak.megabytes, peakOf(program.pid));
  }, 100);
  const [code] = await once(program, "exit");
  clearInterval(look);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - begin) / 1000, ...peak };
}

/**
 * `kata-verify matrix` on synthetic verdicts with all checks that a recorded one has, at three sizes. The largest has 140000 cells, about
 * 5.5 GB. Then opens its first page in Chromium.
 */
export async function site(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-bench-"));
  const [results, catalog, out] = ["results", "catalog", "site"].map(name => join(folder, name));
  if (!results || !catalog || !out) throw new Error("no folders");
  const program = join(root, "bin", "kata-verify.mjs");
  const now = new Date().toISOString();
  try {
    await ran([program, "list", "targets"]);
    const there = { targets: 0 };
    for (const targets of [50, 100, 200]) {
      const size = { targets, scenarios: 7, runs: 100 };
      writeCatalog(catalog, syntheticCatalog(root, size));
      writeVerdicts(root, results, size, { from: there.targets, now });
      there.targets = targets;
      const cells = targets * size.scenarios * size.runs;
      const { seconds, megabytes } = await ran([program, "matrix", results, "--out", out, "--catalog", catalog]);
      const mark = seconds < most.seconds && megabytes < most.megabytes ? "ok  " : "OVER";
      const figures = `${seconds.toFixed(1)} s (less than ${most.seconds}), ${megabytes.toFixed(0)} MB (less than ${most.megabytes})`;
      const [input, each] = [bytesBelow(results) / 1e6, (seconds * 1e6) / cells];
      console.log(
        `${mark} site of ${cells} cells: ${figures}; ${input.toFixed(0)} MB read, ${each.toFixed(0)} µs a cell`,
      );
    }
    const index = statSync(join(out, "index.html")).size / 1000;
    const { usable, filtered } = await openedIn(join(out, "index.html"));
    const mark = index < most.firstKilobytes && usable < most.usable ? "ok  " : "OVER";
    const figures = `${index.toFixed(0)} kB (less than ${most.firstKilobytes}), usable after ${usable.toFixed(0)} ms (less than ${most.usable})`;
    console.log(
      `${mark} its first page: ${figures}, a filter takes ${filtered.toFixed(0)} ms; all pages: ${(bytesBelow(out) / 1e6).toFixed(0)} MB`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
