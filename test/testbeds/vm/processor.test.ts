import { describe, expect, test } from "vitest";
import { readProcessor, type ShownMachine, signed } from "../../../src/testbeds/vm/processor.ts";

const none: ShownMachine = { cpuinfo: "", vendor: "", product: "", model: "", clocks: "", remoteClocks: "" };
const x86 = (model: string, flags: string) => `processor\t: 0\nmodel name\t: ${model}\nflags\t\t: fpu vme ${flags}\n`;
const arm = (implementer: string) => `processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: ${implementer}\n`;
const real = { virtualized: false, emulated: false };
const virtual = { virtualized: true, emulated: false };
const played = { virtualized: true, emulated: true };
const vendor = "QEMU\n";

describe("on x86", () => {
  const epyc = x86("AMD EPYC Processor", "hypervisor svm");
  test.each([
    ["hardware", { cpuinfo: x86("AMD EPYC 7763", "svm"), vendor: "Dell Inc.\n", clocks: "tsc hpet \n" }, real],
    ["a machine of KVM's", { cpuinfo: epyc, vendor, clocks: "kvm-clock tsc \n" }, virtual],
    ["one of Microsoft's", { cpuinfo: epyc, vendor: "Microsoft Corporation\n", clocks: "tsc acpi_pm \n" }, virtual],
    [
      "QEMU's own model",
      { cpuinfo: x86("QEMU TCG CPU version 2.5+", "hypervisor svm"), vendor, clocks: "tsc hpet \n" },
      played,
    ],
    ["a model that exists, played", { cpuinfo: epyc, vendor, clocks: "tsc hpet \n" }, played],
    ["one that shows too little", { cpuinfo: epyc }, virtual],
  ])("%s", (_, shown, processor) => {
    expect(readProcessor({ ...none, ...shown })).toEqual(processor);
  });

  const qemu64 = x86("QEMU Virtual CPU version 2.5+", "hypervisor svm");
  test.each([
    ["played, as no model of its own", { cpuinfo: qemu64 }, "TCGTCGTCGTCG", played],
    ["played, in a cloud's name", { cpuinfo: epyc, vendor: "OpenStack Foundation\n" }, "TCGTCGTCGTCG", played],
    ["played, with no name", { cpuinfo: epyc }, "TCGTCGTCGTCG", played],
    ["KVM's, in a cloud's name", { cpuinfo: qemu64, vendor: "Red Hat\n" }, "KVMKVMKVM", virtual],
    ["KVM's, whose flag is hidden", { cpuinfo: x86("AMD EPYC", "svm") }, "KVMKVMKVM", virtual],
    ["played, by all but its word", { cpuinfo: epyc, vendor, clocks: "tsc \n" }, "Microsoft Hv", played],
    ["not asked", { cpuinfo: epyc }, undefined, virtual],
    ["hardware, which has no word", { cpuinfo: x86("AMD EPYC 7763", "svm") }, undefined, real],
  ])("what the processor says itself counts: %s", (_, shown, signature, processor) => {
    expect(signed(readProcessor({ ...none, ...shown }), signature)).toEqual(processor);
  });
});

describe("on Arm, real only where that is shown", () => {
  const unproven = { virtualized: false, emulated: true, unproven: true };
  const cortex = arm("0x41");
  test.each([
    ["a server of a known maker", { cpuinfo: cortex, vendor: "Ampere(R)\n" }, real],
    ["a processor of which QEMU plays none", { cpuinfo: arm("0xc0") }, real],
    ["a board of which QEMU plays none", { cpuinfo: cortex, model: "Raspberry Pi 5 Model B Rev 1.0\0" }, real],
    ["a board of which QEMU plays one", { cpuinfo: cortex, model: "Raspberry Pi 4 Model B Rev 1.1\0" }, unproven],
    ["a whole machine of a cloud's", { cpuinfo: cortex, vendor: "Amazon EC2\n", product: "m7g.metal\n" }, real],
    ["a part of one", { cpuinfo: cortex, vendor: "Amazon EC2\n", product: "m7g.large\n" }, virtual],
    ["a machine of KVM's", { cpuinfo: cortex, vendor, remoteClocks: "ena-ptp\nKVM virtual PTP\n" }, virtual],
    ["QEMU's own model", { cpuinfo: arm("0x00"), vendor: "Ampere(R)\n" }, played],
    [
      "a model that exists, played",
      { cpuinfo: cortex, model: "linux,dummy-virt\0" },
      { ...unproven, virtualized: true },
    ],
    ["the same, with firmware", { cpuinfo: cortex, vendor }, { ...unproven, virtualized: true }],
    [
      "the same, in a cloud's name",
      { cpuinfo: cortex, vendor: "OpenStack Foundation\n" },
      { ...unproven, virtualized: true },
    ],
    ["a machine of nobody's", { cpuinfo: cortex }, unproven],
  ])("%s", (_, shown, processor) => {
    expect(readProcessor({ ...none, ...shown })).toEqual(processor);
  });
});
