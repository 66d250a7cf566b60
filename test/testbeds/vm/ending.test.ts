import { expect, test } from "vitest";
import { panicLines, reasonOf } from "../../../src/testbeds/vm/ending.ts";

const quiet = { code: 1, said: "", console: "[ 1.0] up\n", emulated: true };

const panic = `[   12.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[   12.1] RIP: 0010:finish_task_switch
[   12.2] Kernel panic - not syncing: Fatal exception in interrupt
[   12.2] Call Trace:
`;

test("a panic is told with what led to it", () => {
  expect(panicLines(panic)).toBe(
    "[   12.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n[   12.2] Kernel panic - not syncing: Fatal exception in interrupt",
  );
  expect(panicLines("all is well")).toBeUndefined();
  expect(reasonOf({ ...quiet, console: panic })).toMatchObject({
    code: "infra.testbed-panic",
    message: expect.stringContaining("under emulation"),
  });
  expect(reasonOf({ ...quiet, console: panic, emulated: false }).message).not.toContain("emulation");
});

test.each([
  ["qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory", "infra.memory"],
  ["qemu-img: /vm/overlay.qcow2: No space left on device", "infra.disk-full"],
  ["qemu-system-x86_64: Unknown savevm section or instance", "infra.testbed-gone"],
])("%s: %s", (said, code) => {
  const { code: seen, message } = reasonOf({ ...quiet, said });
  expect(seen).toBe(code);
  expect(message).toContain(said);
});

test("killed without a word", () => {
  expect(reasonOf({ ...quiet, code: 137 })).toMatchObject({
    code: "infra.testbed-gone",
    message: "the testbed's QEMU was killed by signal 9: [ 1.0] up",
  });
});

test("killed by the kernel, whose memory had run out", () => {
  expect(reasonOf({ ...quiet, code: 137, outOfMemory: true })).toMatchObject({ code: "infra.memory" });
});
