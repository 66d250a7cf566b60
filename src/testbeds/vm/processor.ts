/** What a kernel shows of the machine under it, each the text of a file, empty where there is none. */
export interface ShownMachine {
  /** /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** Who made the machine, as its firmware says. */
  readonly vendor: string;
  /** The clocks that the kernel may use. */
  readonly clocks: string;
}

/** What a processor is, as far as that can be told. */
export interface Processor {
  /** Of a virtual machine. */
  readonly virtualized: boolean;
  /** Of a virtual machine whose every instruction another program plays. */
  readonly emulated: boolean;
}

/**
 * QEMU names its own processor model, which no hardware has, on x86; on Arm that has implementer 0, which is reserved for software.
 * When it plays a model that exists, what tells is what KVM would add: a clock that every KVM gives to its machines on x86.
 */
export function readProcessor({ cpuinfo, vendor, clocks }: ShownMachine): Processor {
  const said = /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
  const own = /^model name\s*: QEMU TCG CPU\b/m.test(cpuinfo) || /^CPU implementer\s*: 0x00$/m.test(cpuinfo);
  const unaided = said && vendor.trim() === "QEMU" && clocks.trim() !== "" && !/\bkvm-clock\b/.test(clocks);
  return { virtualized: said || own, emulated: own || unaided };
}
