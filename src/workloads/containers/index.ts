import { again } from "./again.ts";
import { block } from "./block.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { exec } from "./exec.ts";
import { containerLimits } from "./limits.ts";
import { network } from "./network.ts";
import { ownKernel } from "./own-kernel.ts";
import { pod } from "./pod.ts";
import { privileges } from "./privileges.ts";
import { resources } from "./resources.ts";
import { rootfs } from "./rootfs.ts";
import { stop } from "./stop.ts";
import { surroundings } from "./surroundings.ts";
import { volume } from "./volume.ts";

/**
 * In the order in which a lane runs them: what makes the guest larger before what lives in it then, and at the end what needs
 * the sandbox gone.
 */
export const containerWorkloads: readonly ContainerWorkload[] = [
  ...[ownKernel, exec, rootfs, network, volume, privileges, surroundings, block],
  ...[resources, containerLimits, pod],
  ...[stop, again],
];
