import { type Check, fail, pass, skip } from "../../model/check.ts";
import { readDevices } from "../../vmms/qemu-help.ts";
import { type DeviceGroup, devices } from "../qemu-devices.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

/** What a missing group costs; the groups in every sandbox decide, the others lose a feature. */
const groups: Readonly<Record<DeviceGroup, { readonly title: string; readonly gating: boolean }>> = {
  core: { title: "The devices of every sandbox", gating: true },
  "pcie-topology": { title: "The PCIe ports and bridges that Kata arranges devices on", gating: true },
  "virtio-fs": { title: "The device of virtio-fs", gating: true },
  "9p": { title: "The device of 9p, the older shared file system", gating: false },
  memory: { title: "The device that adds memory at run time", gating: false },
  balloon: { title: "The device that gives memory back", gating: false },
  dax: { title: "The device that maps a guest image into memory", gating: false },
  viommu: { title: "Emulated IOMMUs", gating: false },
  panic: { title: "The device that tells of guest panics", gating: false },
};

function deviceCheck(group: DeviceGroup): Check {
  const rows = devices.filter(row => row.group === group);
  const listing = (names: readonly string[]) => ({
    steps: { "qemu.device-help": said(names.map(name => `name "${name}", bus PCI\n`).join("")) },
  });
  return {
    id: `contract.qemu.devices-${group}`,
    tier: "contract",
    title: groups[group].title,
    gating: groups[group].gating,
    needs: ["qemu.device-help"],
    judge: evidence => {
      const seen = stepOf(evidence, "qemu.device-help");
      const wanted = rows.filter(row => row.arches.includes(evidence.cell.arch)).map(row => row.device);
      if (wanted.length === 0) return skip("catalog.other-arch");
      const trouble = qemuTrouble(seen);
      if (trouble) return trouble;
      const had = readDevices(seen);
      const missing = wanted.filter(device => !had.has(device));
      return missing.length === 0
        ? pass(`${wanted.length} of ${wanted.length}: ${wanted.join(" ")}`)
        : fail(
            "vmm.device-missing",
            `Not built in: ${missing.join(", ")}`,
            `${wanted.length - missing.length} of ${wanted.length} are there`,
          );
    },
    examples: { pass: listing(rows.map(row => row.device)), fail: listing(["isa-serial"]) },
  };
}

export const qemuDeviceChecks: readonly Check[] = (Object.keys(groups) as DeviceGroup[]).map(deviceCheck);
