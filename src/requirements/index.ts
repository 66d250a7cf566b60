import type { Check } from "../model/check.ts";
import { hostDeviceChecks } from "./checks/host-devices.ts";
import { hostLogChecks } from "./checks/host-log.ts";
import { hostSettingChecks } from "./checks/host-settings.ts";
import { kernelImageChecks } from "./checks/kernel-image.ts";
import { kernelModuleChecks } from "./checks/kernel-modules.ts";
import { kernelNoteChecks } from "./checks/kernel-notes.ts";
import { kernelSymbolChecks } from "./checks/kernel-symbols.ts";
import { provenanceChecks } from "./checks/provenance.ts";
import { qemuBinaryChecks } from "./checks/qemu-binary.ts";
import { qemuDeviceChecks } from "./checks/qemu-devices.ts";
import { qemuDialogueChecks } from "./checks/qemu-dialogue.ts";
import { qemuObjectChecks } from "./checks/qemu-objects.ts";
import { qemuRomChecks } from "./checks/qemu-roms.ts";
import { qemuStartChecks } from "./checks/qemu-starts.ts";
import { shippedChecks } from "./checks/shipped.ts";
import { virtiofsdChecks } from "./checks/virtiofsd.ts";

/** The checks of the contract tier, in the order in which a verdict lists them. */
export const contractChecks: readonly Check[] = [
  ...shippedChecks,
  ...provenanceChecks,
  ...qemuBinaryChecks,
  ...qemuDeviceChecks,
  ...qemuObjectChecks,
  ...qemuDialogueChecks,
  ...qemuStartChecks,
  ...qemuRomChecks,
  ...virtiofsdChecks,
  ...kernelImageChecks,
  ...kernelNoteChecks,
  ...kernelSymbolChecks,
  ...kernelModuleChecks,
  ...hostDeviceChecks,
  ...hostSettingChecks,
  ...hostLogChecks,
];
