import type { WorkloadId } from "../model/words.ts";

/** What every row of a requirement table says of itself. */
export interface Requirement {
  /** Path in the kata-containers repository, and the symbol there. */
  readonly from: string;
  /** The check, or the workload in a guest, that proves it: `contract.qemu.devices-core`, `virtiofs`. */
  readonly provenBy: `contract.${string}` | WorkloadId;
}
