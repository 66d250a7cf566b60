import { expect, it } from "vitest";
import { fuzz } from "../bundle/fuzzed.ts";

it("reads hostile bundles for a minute without a crash, a hang or a file", () => {
  expect(fuzz(60_000, 500, 100_000)).toBeGreaterThanOrEqual(500);
});
