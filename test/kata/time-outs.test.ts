import { expect, test } from "vitest";
import { sandboxMs, timeOuts } from "../../src/kata/time-outs.ts";
import type { Acceleration } from "../../src/model/words.ts";
import { timeScale as slownessOf } from "../../src/observe/time-scale.ts";
import { timeScale as scaleOf } from "../../src/testbeds/vm/time-scale.ts";

const boots = [500, 1500, 2500, 9000, 21_000, 60_000, 400_000];
const inVms = (["kvm-nested", "kvm-emulated"] as const).flatMap(acceleration =>
  boots.map(bootMs => [acceleration, slownessOf(acceleration, bootMs), scaleOf(bootMs)] as const),
);
/** No testbed but a VM scales the time-outs of its commands. */
const elsewhere = (["kvm", "kvm-nested", "tcg"] as const).map(
  acceleration => [acceleration, slownessOf(acceleration, undefined), 1] as const,
);

test.each<readonly [Acceleration, slowness: number, scale: number]>([...inVms, ...elsewhere])(
  "a client waits longer than Kata does itself, with %s, %d times slower, scaled by %d",
  (_, slowness, scale) => {
    const { agent, container } = timeOuts(slowness);
    expect(sandboxMs(slowness, scale) * scale).toBeGreaterThan((agent + container) * 1000);
  },
);

test("what Kata waits for grows with a testbed's slowness, and is Kata's own where it is fast", () => {
  expect(timeOuts(1)).toEqual({ agent: 45, container: 60, hotplug: 3 });
  expect(timeOuts(14)).toEqual({ agent: 168, container: 168, hotplug: 42 });
  expect(timeOuts(1000)).toEqual({ agent: 600, container: 600, hotplug: 60 });
});

test("a client that hangs is ended soon after, however the testbed scales", () => {
  expect(sandboxMs(1, 1)).toBeLessThanOrEqual(120_000);
  expect(sandboxMs(14, 8.4) * 8.4).toBeLessThan(450_000);
});
