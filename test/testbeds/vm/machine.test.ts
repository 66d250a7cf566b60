import { expect, test } from "vitest";
import { type Machine, machineArgv } from "../../../src/testbeds/vm/machine.ts";

const machine = (changes: Partial<Machine>): string =>
  machineArgv({ arch: "amd64", accelerator: "tcg", memoryMiB: 4096, cpus: 1, ...changes }).join(" ");

test.each<[Partial<Machine>, RegExp]>([
  [{}, /^qemu-system-x86_64 .*-machine q35 -accel tcg,thread=multi -cpu max,\+svm,\+npt -smp 1 -m 4096M /],
  [{ accelerator: "kvm", cpus: 2 }, /-accel kvm -cpu host -smp 2 /],
  [{ arch: "arm64" }, /^qemu-system-aarch64 .*-machine virt,virtualization=on,gic-version=max -accel tcg.*ttyAMA0/],
  [{ arch: "arm64", accelerator: "kvm" }, /-machine virt,gic-version=host -accel kvm -cpu host/],
])("%j", (changes, form) => {
  expect(machine(changes)).toMatch(form);
});

test("the kernel's death is the machine's, and its first line is not missed", () => {
  expect(machine({})).toMatch(/-no-reboot .*-append console=ttyS0 panic=1( mitigations=off)? -drive/);
  expect(machine({})).toMatch(/id=console,[^ ]*wait=on/);
});

test("an emulated CPU, and no other, is not protected against speculation", () => {
  expect(machine({})).toContain(" mitigations=off ");
  expect(machine({ accelerator: "kvm" })).not.toContain("mitigations");
});

test("no path of the runner is in it", () => {
  expect(machine({})).not.toMatch(/\/(home|tmp|root|run)\//);
});
