import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const module = new URL("../../scripts/tally.mjs", import.meta.url).href;

/** Runs a line of JavaScript against the functions of scripts/tally.mjs, and returns the line that it prints. */
function tally(root: string, line: string): string {
  const script = `import * as tally from ${JSON.stringify(module)}; const root = ${JSON.stringify(root)}; ${line}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return stdout.trim() || stderr;
}

function inFolder(test: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  try {
    test(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("the last line", () => {
  it("sums what the runs counted", () => {
    inFolder(root => {
      mkdirSync(join(root, "reports"));
      const report = join(root, "reports", "unit.json");
      writeFileSync(
        report,
        '{"numPassedTests":7,"numFailedTests":2,"numPendingTests":1,"numTodoTests":3,"success":false}',
      );
      expect(
        tally(
          root,
          `tally.forget(root); tally.count(root, tally.counts(${JSON.stringify(report)}));
           tally.count(root, { passed: 5 }); console.log(tally.lastLine(tally.counted(root), false));`,
        ),
      ).toBe("12 passed, 2 failed, 4 skipped");
    });
  });

  it("has a failure where a run ended badly before anything was counted", () => {
    inFolder(root => {
      expect(tally(root, "console.log(tally.lastLine(tally.counted(root), false));")).toBe(
        "0 passed, 1 failed, 0 skipped",
      );
      expect(tally(root, "console.log(tally.lastLine({passed: 3, failed: 0, skipped: 0}, true));")).toBe(
        "3 passed, 0 failed, 0 skipped",
      );
    });
  });
});
