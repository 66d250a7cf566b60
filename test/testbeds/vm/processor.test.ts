import { expect, test } from "vitest";
import { readProcessor } from "../../../src/testbeds/vm/processor.ts";

const x86 = (model: string, flags: string) => `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: fpu vme ${flags}\n`;
const arm = (implementer: string) => `processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: ${implementer}\n`;
const qemu = "QEMU\n";

test.each([
  ["hardware", x86("AMD EPYC 7763 64-Core Processor", "svm"), "Dell Inc.\n", "tsc hpet acpi_pm \n", [false, false]],
  [
    "a machine of KVM's",
    x86("AMD EPYC 7763 64-Core Processor", "hypervisor svm"),
    qemu,
    "kvm-clock tsc \n",
    [true, false],
  ],
  [
    "one of Microsoft's",
    x86("AMD EPYC 7763", "hypervisor"),
    "Microsoft Corporation\n",
    "tsc acpi_pm \n",
    [true, false],
  ],
  ["QEMU's own model", x86("QEMU TCG CPU version 2.5+", "hypervisor svm"), qemu, "tsc hpet acpi_pm \n", [true, true]],
  ["a model that exists, played", x86("AMD EPYC Processor", "hypervisor svm"), qemu, "tsc hpet \n", [true, true]],
  ["one that shows too little", x86("AMD EPYC Processor", "hypervisor svm"), "", "", [true, false]],
  ["Arm's hardware", arm("0x41"), "Ampere(R)\n", "arch_sys_counter \n", [false, false]],
  ["QEMU's own model of Arm's", arm("0x00"), "", "arch_sys_counter \n", [true, true]],
] as const)("%s", (_, cpuinfo, vendor, clocks, [virtualized, emulated]) => {
  expect(readProcessor({ cpuinfo, vendor, clocks })).toEqual({ virtualized, emulated });
});
