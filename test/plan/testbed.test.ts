import { expect, it } from "vitest";
import { chooseTestbed, offered } from "../../src/plan/testbed.ts";

const facts = { virtualized: false, nested: true } as const;

it.each([
  ["auto", "guest", "boots", true, "container", "kvm"],
  ["auto", "guest", "boots", false, "vm", "kvm-nested"],
  ["auto", "guest", "unusable", true, "vm", "kvm-emulated"],
  ["auto", "guest", "absent", true, "vm", "kvm-emulated"],
  ["auto", "guest", "untried", true, "vm", "kvm-emulated"],
  ["auto", "contract", "absent", false, "container", "tcg"],
  ["container", "guest", "absent", false, "container", "tcg"],
  ["vm", "guest", "boots", true, "vm", "kvm-nested"],
] as const)("%s, %s tier, KVM %s, vhost-vsock %s: %s, %s", (asked, tier, kvm, vhostVsock, testbed, expected) => {
  const choice = chooseTestbed({ testbed: asked, tier, arch: "amd64" }, { ...facts, kvm, vhostVsock });
  expect(choice).toMatchObject({ testbed, expected });
  expect(choice.because).not.toBe("");
});

it("says where an earlier run saw it", () => {
  const runner = { ...facts, kvm: "unusable", vhostVsock: false } as const;
  const because = (remembered: boolean) =>
    chooseTestbed({ testbed: "auto", tier: "kata", arch: "amd64" }, { ...runner, remembered }).because;
  expect(because(true)).toBe("/dev/kvm opens here but boots no kernel, as an earlier run saw");
  expect(because(false)).toBe("/dev/kvm opens here but boots no kernel");
});

it.each([
  ["vm", "amd64", { nested: true }, "kvm-nested"],
  ["vm", "amd64", { nested: false }, "kvm-emulated"],
  ["vm", "arm64", { nested: true }, "kvm-emulated"],
  ["container", "arm64", { nested: false }, "kvm"],
  ["container", "amd64", { virtualized: true, nested: false }, "kvm-nested"],
  ["container", "amd64", { virtualized: true, emulated: true }, "kvm-emulated"],
  ["local", "amd64", { virtualized: true, emulated: true }, "kvm-emulated"],
  ["vm", "amd64", { virtualized: true, emulated: true, nested: true }, "kvm-emulated"],
] as const)("what a %s offers where KVM boots, %s, %j: %s", (testbed, arch, more, expected) => {
  expect(offered(testbed, arch, { kvm: "boots", vhostVsock: true, ...facts, ...more })).toBe(expected);
});
