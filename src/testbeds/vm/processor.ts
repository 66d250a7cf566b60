import { readArm } from "./processor-arm.ts";

/** What a kernel shows of the machine under it, each the text of a file, empty where there is none. */
export interface ShownMachine {
  /** /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** Who made the machine, and what it is called, as its firmware says. */
  readonly vendor: string;
  readonly product: string;
  /** What the device tree calls it, where there is one. */
  readonly model: string;
  /** The clocks that the kernel may use. */
  readonly clocks: string;
  /** The clocks of other machines that it can read, a line each. */
  readonly remoteClocks: string;
}

/** What a processor is, as far as that can be told. */
export interface Processor {
  /** Of a virtual machine. */
  readonly virtualized: boolean;
  /** Of a virtual machine whose every instruction another program plays. */
  readonly emulated: boolean;
  /** Whether it counts as emulated only because nothing proves the contrary. */
  readonly unproven?: true;
}

/**
 * QEMU names its own processor model, which no hardware has, on x86. When it plays a model that exists, what tells is what KVM would
 * add: a clock that every KVM gives to its machines.
 */
function readX86({ cpuinfo, vendor, clocks }: ShownMachine): Processor {
  const said = /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
  const own = /^model name\s*: QEMU TCG CPU\b/m.test(cpuinfo);
  const unaided = said && vendor.trim() === "QEMU" && clocks.trim() !== "" && !/\bkvm-clock\b/.test(clocks);
  return { virtualized: said || own, emulated: own || unaided };
}

export const readProcessor = (shown: ShownMachine): Processor =>
  /^CPU implementer\s*:/m.test(shown.cpuinfo) ? readArm(shown) : readX86(shown);

/** What QEMU puts at CPUID's 0x40000000 where it plays the processor, whatever model and machine it gives it the name of. */
const played = "TCGTCGTCGTCG";

/** With what the processor says itself of who runs it; undefined where it does not say that anybody does. */
export const signed = (processor: Processor, signature: string | undefined): Processor =>
  signature === undefined
    ? processor
    : { ...processor, virtualized: true, emulated: processor.emulated || signature === played };
