import type { Column } from "../model/matrix.ts";
import type { CheckVerdict } from "../model/verdict.ts";

/** By the beginning of a check's id; where that says only that something does not work, by that of its reason's code. */
const byCheck: readonly (readonly [string, Column])[] = [
  ["contract.qemu.", "vmm"],
  ["contract.virtiofsd.", "vmm"],
  ["contract.provenance.vmm", "vmm"],
  ["contract.provenance.virtiofsd", "vmm"],
  ["contract.kernel.", "guestKernel"],
  ["contract.provenance.kernel", "guestKernel"],
  ["contract.host.", "hostKernel"],
];
const byCode: readonly (readonly [string, Column])[] = [
  ["vmm.", "vmm"],
  ["virtiofsd.", "vmm"],
  ["acceleration.", "vmm"],
  ["guest.", "guestKernel"],
  ["kernel.", "guestKernel"],
  ["host.", "hostKernel"],
  ["lsm.", "hostKernel"],
  ["kata.", "kataPackage"],
];

/** What a check that failed is about; undefined where that cannot be told. */
export function blamed({ id, reason }: Pick<CheckVerdict, "id" | "reason">): Column | undefined {
  const own = byCheck.find(([beginning]) => id.startsWith(beginning));
  return (own ?? byCode.find(([beginning]) => reason?.code.startsWith(beginning)))?.[1];
}
