import type { Check } from "../model/check.ts";
import type { Step } from "../model/command.ts";
import type { Code } from "../model/reason.ts";
import type { Arch, WorkloadId } from "../model/words.ts";

/** One boot of a guest, new for each: what both of its sides know. */
export interface Boot {
  readonly arch: Arch;
  /** 32 hexadecimal digits. The guest's lines begin with a token made of it. */
  readonly nonce: string;
  /** On the testbed; holds all that belongs to this boot. */
  readonly folder: string;
  /** Path of the stand-in on the testbed. */
  readonly standin: string;
  /** Whether the testbed's CPU says that it is a virtual one: Kata then asks for transitional virtio devices. */
  readonly nested: boolean;
  readonly vhostNet: boolean;
  /** Kata's default, unless the testbed lets nobody have a ring. */
  readonly aio: "io_uring" | "threads";
  /** The guest's vsock address. */
  readonly cid: number;
  readonly mac: string;
  /** Name of the tap interface on the testbed. */
  readonly tap: string;
  /** How long a step on the testbed may wait for the guest. */
  readonly patienceMs: number;
}

/** Begins each line that the guest's own program prints. */
export const token = (nonce: string) => `kv-${nonce}`;

/** A file on the testbed; its first line is the nonce, the rest zeros up to `bytes`. */
export interface GuestFile {
  readonly path: string;
  readonly bytes: number;
}

/** A device node of the testbed without which the workload is left out of the boot, and the code for its absence. */
export interface Node {
  readonly path: string;
  readonly absent: Code;
  /** Where the testbed runs the distro's own kernel, whose business it is to provide the node. */
  readonly absentInVm: Code;
}

/** Something that a guest does with a device, seen from both sides: data, and a check of its own. */
export interface Workload {
  readonly id: WorkloadId;
  readonly title: string;
  /** Kernel modules of the guest, by the names that `modprobe` takes. Built in is as good. */
  readonly modules: readonly string[];
  readonly nodes?: readonly Node[];
  readonly files?: (folder: string) => readonly GuestFile[];
  /** Options of `standin launch`, each named `ID` or `ID-…`. */
  readonly descriptors?: (boot: Boot) => readonly string[];
  /** Arguments of the VMM, as Kata writes them. */
  readonly devices: (boot: Boot) => readonly string[];
  /**
   * What the guest does: lines for a POSIX shell with busybox's commands, run in the background of its init with the modules
   * inserted. `mark KEY VALUE` says something that the check reads; `$nonce` is the boot's.
   */
  readonly script: string;
  /** Run on the testbed once the guest has said `KEY=VALUE` of this workload. */
  readonly during?: (boot: Boot) => { readonly once: string; readonly step: Step };
  /** Run on the testbed after the guest has ended. */
  readonly after?: (boot: Boot) => readonly Step[];
  readonly check: Check;
}
