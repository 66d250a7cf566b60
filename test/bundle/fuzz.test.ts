import { expect, it } from "vitest";
import { fuzz } from "./fuzzed.ts";

it("reads what nobody should have sent without a crash", { timeout: 120_000 }, () => {
  expect(fuzz(3000, 40, 1)).toBeGreaterThanOrEqual(40);
});
