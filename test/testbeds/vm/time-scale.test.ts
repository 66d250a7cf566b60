import { expect, test } from "vitest";
import { timeScale } from "../../../src/testbeds/vm/time-scale.ts";

test.each([
  [800, 1],
  [2_500, 1],
  [10_000, 4],
  [1_000_000, 40],
])("a boot of %d ms: times %d", (bootMs, scale) => {
  expect(timeScale(bootMs)).toBe(scale);
});
