import { describe, expect, it } from "vitest";
import { stepSummary } from "../../src/reporters/step-summary.ts";
import { summaryMd } from "../../src/reporters/summary-md.ts";
import { cellVerdict, verdict } from "./verdicts.ts";

describe("the step summary", () => {
  const limit = 1_048_576;
  const cells = Array.from({ length: 100 }, (_, at) => cellVerdict({ scenario: `qemu-${at}` }));
  const targets = (count: number) =>
    Array.from({ length: count }, (_, at) => verdict({ target: `distro-${at}`, cells }));

  it("is the summaries as they are where they fit", () => {
    expect(stepSummary([verdict()])).toBe(summaryMd(verdict()));
    expect(stepSummary([])).toBe("");
  });

  it.each([20, 50, 1000])(
    "stays under the 1 MiB of a step, says what is left out and where it is: %i targets",
    count => {
      const text = stepSummary(targets(count));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      expect(Buffer.byteLength(text)).toBeGreaterThan(limit / 3);
      expect(text).toContain("Shortened to fit: all of it is in `distro-0/summary.md`.");
      const told = text.split("\n").filter(line => line.startsWith("# ")).length;
      if (told < count) expect(text).toContain(`${count - told} more targets: each has a summary.md`);
    },
  );

  it.each([0, 500_000, limit - 4000, limit - 300, limit, limit + 1])(
    "leaves room for what is there: %i bytes",
    used => {
      expect(used + Buffer.byteLength(stepSummary(targets(30), used))).toBeLessThanOrEqual(Math.max(limit, used));
    },
  );
});
