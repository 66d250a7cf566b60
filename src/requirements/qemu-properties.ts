import type { Requirement } from "./requirement.ts";

/** A property that Kata sets, of a device model or an object type. */
export interface PropertyRow extends Requirement {
  readonly kind: "device" | "object";
  readonly of: string;
  readonly property: string;
}

const govmm = "src/runtime/pkg/govmm/qemu/qemu.go";
const rust = "src/runtime-rs/crates/hypervisor/src/qemu/cmdline_generator.rs";

const row = (
  kind: PropertyRow["kind"],
  of: string,
  properties: readonly string[],
  from: string,
  provenBy: Requirement["provenBy"] = "contract.qemu.properties",
): PropertyRow[] => properties.map(property => ({ kind, of, property, from, provenBy }));

/** Set in every default sandbox, or on a volume plugged into one. */
export const properties: readonly PropertyRow[] = [
  // Of every virtio-pci device: Go always sets it, Rust when the host is itself a virtual machine.
  ...row(
    "device",
    "virtio-net-pci",
    ["disable-modern", "mq", "vectors", "mac", "romfile"],
    `${govmm} NetDevice`,
    "network",
  ),
  ...row(
    "device",
    "virtio-blk-pci",
    ["disable-modern", "config-wce", "share-rw", "serial", "discard"],
    `${govmm} BlockDevice`,
    "block",
  ),
  ...row("device", "virtio-scsi-pci", ["disable-modern"], `${govmm} SCSIController`),
  ...row(
    "device",
    "scsi-hd",
    ["share-rw", "scsi-id", "lun", "drive"],
    "src/runtime/pkg/govmm/qemu/qmp.go ExecuteSCSIDeviceAdd",
  ),
  ...row("device", "virtio-serial-pci", ["disable-modern"], `${govmm} SerialDevice`, "console"),
  ...row("device", "virtconsole", ["chardev"], `${govmm} SerialDevice`, "console"),
  ...row("device", "virtio-rng-pci", ["rng"], `${rust} DeviceRng`, "entropy"),
  ...row("device", "vhost-vsock-pci", ["disable-modern", "vhostfd", "guest-cid"], `${govmm} VSOCKDevice`, "vsock"),
  ...row("device", "vhost-user-fs-pci", ["chardev", "tag", "queue-size"], `${govmm} QemuFSParams`, "virtiofs"),
  ...row(
    "device",
    "pci-bridge",
    ["chassis_nr", "shpc", "io-reserve", "mem-reserve", "pref64-reserve"],
    `${rust} DevicePciBridge`,
    "hotplug",
  ),
  ...row("device", "nvdimm", ["memdev", "unarmed"], `${govmm} Object.QemuParams`),
  ...row(
    "object",
    "memory-backend-file",
    ["mem-path", "share", "size", "readonly", "prealloc"],
    `${govmm} appendMemoryKnobs`,
  ),
  ...row("object", "rng-random", ["filename"], `${govmm} RngDevice`, "entropy"),
];
