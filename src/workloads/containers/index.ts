import type { ContainerWorkload } from "./container-workload.ts";
import { exec } from "./exec.ts";
import { containerLimits } from "./limits.ts";
import { network } from "./network.ts";
import { ownKernel } from "./own-kernel.ts";
import { pod } from "./pod.ts";
import { rootfs } from "./rootfs.ts";
import { stop } from "./stop.ts";
import { volume } from "./volume.ts";

/** In the order in which a lane runs them: what ends the sandbox comes last. */
export const containerWorkloads: readonly ContainerWorkload[] = [
  ownKernel,
  exec,
  rootfs,
  network,
  volume,
  containerLimits,
  pod,
  stop,
];
