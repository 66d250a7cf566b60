import type { Check } from "../../model/check.ts";
import { configuration } from "./configuration.ts";
import { containerd } from "./containerd.ts";
import { control } from "./control.ts";
import { ownPackage } from "./package.ts";
import { virtiofsd } from "./virtiofsd.ts";
import { vmm } from "./vmm.ts";

/** The checks of the kata tier that are no workload's, in the order in which a verdict lists them. */
export const kataChecks: readonly Check[] = [control, configuration, vmm, virtiofsd, containerd, ownPackage];
