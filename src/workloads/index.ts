import type { Check } from "../model/check.ts";
import type { WorkloadId } from "../model/words.ts";
import { acceleration } from "../requirements/acceleration.ts";
import { vmmThatRan } from "../requirements/vmm-that-ran.ts";
import { block } from "./block.ts";
import { console } from "./console.ts";
import { entropy } from "./entropy.ts";
import { hotplug } from "./hotplug.ts";
import { network } from "./network.ts";
import { shutdown } from "./shutdown.ts";
import { virtiofs } from "./virtiofs.ts";
import { vsock } from "./vsock.ts";
import type { Workload } from "./workload.ts";

/** In the order in which a guest begins them. */
export const workloads: Readonly<Record<WorkloadId, Workload>> = {
  console,
  vsock,
  virtiofs,
  block,
  network,
  entropy,
  hotplug,
  shutdown,
};

/** The checks of one boot: which program ran it, and how, and each workload's own. */
export const guestChecks = (ids: readonly WorkloadId[]): readonly Check[] => [
  vmmThatRan,
  acceleration,
  ...Object.values(workloads)
    .filter(({ id }) => ids.includes(id))
    .map(({ check }) => check),
];
