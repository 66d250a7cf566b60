import type { Processor, ShownMachine } from "./processor.ts";

/** Whose processor models QEMU plays: Arm's, Fujitsu's, and 0, which is reserved for software, for its own. */
const playable = /^CPU implementer\s*: 0x(?:00|41|46)$/m;
const ownModel = /^CPU implementer\s*: 0x00$/m;

/** Who makes Arm servers, and sells nothing else under that name. */
const makers =
  /^(?:Ampere|ASRock|ADLINK|Cavium|Dell Inc|FUJITSU|GIGABYTE|Giga Computing|Hewlett Packard Enterprise|HPE|Inspur|Lenovo|NVIDIA|Quanta|Supermicro|WIWYNN|ZTE)\b/i;

/** Boards without such firmware, of which QEMU plays none. */
const boards = /^(?:Raspberry Pi (?:5|500|Compute Module 5)\b|Apple Mac)/;

/** Clouds whose machines run on hardware, as whole machines too. */
const clouds = /^(?:Amazon EC2|Google|Microsoft Corporation)$/;

/**
 * Arm's processors do not say who runs them, and QEMU plays models that exist, on machines that it gives any name. So one is real only
 * where something says so that QEMU does not play: a processor of another maker, a machine of a known one, or the clock of the host that
 * only KVM lets its machines read.
 */
export function readArm({ cpuinfo, vendor, product, model, remoteClocks }: ShownMachine): Processor {
  if (ownModel.test(cpuinfo)) return { virtualized: true, emulated: true };
  const ofKvm = /^KVM virtual PTP$/m.test(remoteClocks);
  const cloud = clouds.test(vendor.trim());
  const named = /^(?:QEMU|KVM|OpenStack|Red Hat|oVirt)/.test(vendor) || /^linux,dummy-virt/.test(model);
  const virtualized = ofKvm || named || (cloud && !/\bmetal\b/.test(product));
  const foreign = /^CPU implementer\s*:/m.test(cpuinfo) && !playable.test(cpuinfo);
  const isReal = ofKvm || cloud || foreign || makers.test(vendor.trim()) || boards.test(model);
  return isReal ? { virtualized, emulated: false } : { virtualized, emulated: true, unproven: true };
}
