import type { Seen, Step } from "../model/command.ts";
import type { Arch, VmmId } from "../model/words.ts";
import { qemu } from "./qemu.ts";

/** What of the distro's stack the contract of a VMM is tried with; paths on the testbed. */
export interface ContractParts {
  readonly binary: string;
  /** Absent where no kernel package was found: the VMM is then started without one. */
  readonly kernelImage?: string;
}

/** A VMM as distros ship it: where it is, what to ask of it without booting anything, what it answers. */
export interface Vmm {
  readonly id: VmmId;
  readonly title: string;
  /** Where distros put the full build, most common first; a reduced build beside it is never taken. */
  binaries(arch: Arch): readonly string[];
  /** What to run as any user in a container without KVM; each ends by itself, and the first tells the version. */
  contractSteps(parts: ContractParts, arch: Arch): Step[];
  /** The version out of what the first step printed. */
  readVersion(seen: Seen): string | null;
}

export const vmms: Readonly<Record<VmmId, Vmm>> = { qemu };
