import type { Arch } from "../model/words.ts";
import type { Requirement } from "./requirement.ts";

/** Kata's own grouping: what it leaves out of its reduced builds is a feature, the rest is in every sandbox. */
export type DeviceGroup =
  | "core"
  | "pcie-topology"
  | "virtio-fs"
  | "9p"
  | "memory"
  | "balloon"
  | "dax"
  | "viommu"
  | "panic";

export interface DeviceRow extends Requirement {
  readonly device: string;
  readonly group: DeviceGroup;
  readonly arches: readonly Arch[];
}

const both: readonly Arch[] = ["amd64", "arm64"];
const from = "tools/packaging/static-build/qemu/build-qemu.sh verify_devices";

const row = (
  group: DeviceGroup,
  device: string,
  provenBy: Requirement["provenBy"] = `contract.qemu.devices-${group}`,
  arches = both,
): DeviceRow => ({ device, group, arches, from, provenBy });

/** The device models without which Kata's own build of QEMU fails. */
export const devices: readonly DeviceRow[] = [
  row("core", "virtio-blk-pci", "block"),
  row("core", "virtio-scsi-pci", "contract.qemu.command-line-go"),
  row("core", "scsi-hd"),
  row("core", "virtio-net-pci", "network"),
  row("core", "virtio-serial-pci", "console"),
  row("core", "virtconsole", "console"),
  row("core", "virtio-rng-pci", "entropy"),
  row("core", "vhost-vsock-pci", "vsock"),
  row("core", "vhost-user-blk-pci"),
  row("core", "vfio-pci"),
  row("core", "pci-bridge", "hotplug"),
  row("pcie-topology", "pcie-root-port"),
  row("pcie-topology", "x3130-upstream"),
  row("pcie-topology", "xio3130-downstream"),
  row("pcie-topology", "pcie-pci-bridge"),
  row("pcie-topology", "pxb-pcie"),
  row("virtio-fs", "vhost-user-fs-pci", "virtiofs"),
  row("9p", "virtio-9p-pci"),
  row("memory", "virtio-mem-pci"),
  row("balloon", "virtio-balloon-pci"),
  row("dax", "nvdimm", "contract.qemu.command-line-rust"),
  row("viommu", "intel-iommu", undefined, ["amd64"]),
  row("viommu", "amd-iommu", undefined, ["amd64"]),
  row("viommu", "arm-smmuv3", undefined, ["arm64"]),
  row("panic", "pvpanic", undefined, ["amd64"]),
];
