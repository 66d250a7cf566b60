import { expect, test } from "vitest";
import { readBoot } from "../../../src/testbeds/vm/preflight.ts";

test.each([
  ["SeaBIOS\r\n[ 0.9] Run /init\r\nkata-verify: a kernel booted\r\n", { kvm: "boots" }],
  [
    "KVM internal error. Suberror: 1\nextra data[0]: 0x01\nemulation failure\nRAX=0\n",
    { kvm: "unusable", saw: "KVM internal error. Suberror: 1, emulation failure" },
  ],
  [
    "qemu-system-x86_64: failed to initialize kvm: Permission denied\n",
    { kvm: "unusable", saw: "qemu-system-x86_64: failed to initialize kvm: Permission denied" },
  ],
  ["error: kvm run failed Bad address\n", { kvm: "unusable" }],
])("%j", (printed, seen) => {
  expect(readBoot(printed)).toMatchObject(seen);
});

test("a kernel that is on its way proves nothing yet", () => {
  expect(readBoot("[    0.000000] Linux version 6.12\n")).toBeUndefined();
});
