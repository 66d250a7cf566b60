import type { Arch } from "../model/words.ts";
import type { Requirement } from "./requirement.ts";

export interface RomRow extends Requirement {
  readonly rom: string;
  readonly arches: readonly Arch[];
  /** Without it: nothing starts, or something is lost. */
  readonly level: "must" | "feature";
  readonly for: string;
}

const row = (
  rom: string,
  what: string,
  level: RomRow["level"] = "must",
  arches: readonly Arch[] = ["amd64"],
): RomRow => ({
  rom,
  arches,
  level,
  for: what,
  from: "tools/packaging/static-build/qemu.blacklist",
  provenBy: "contract.qemu.roms",
});

/** Firmware and option ROMs that QEMU loads for Kata's default command line; distros put them in packages of their own. */
export const roms: readonly RomRow[] = [
  row("bios-256k.bin", "q35 starts with it"),
  row("efi-virtio.rom", "virtio-net-pci loads it, and fails without", "must", ["amd64", "arm64"]),
  row("linuxboot_dma.bin", "boots the kernel given with -kernel"),
  row("pvh.bin", "boots an uncompressed kernel given with -kernel", "feature"),
  row("kvmvapic.bin", "spares exits under KVM on old processors", "feature"),
];
