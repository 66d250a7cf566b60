import { expect, it } from "vitest";
import { chooseTestbed } from "../../src/plan/testbed.ts";

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
  const choice = chooseTestbed(asked, tier, { kvm, vhostVsock, virtualized: false });
  expect(choice).toMatchObject({ testbed, expected });
  expect(choice.because).not.toBe("");
});
