import type { Requirement } from "./requirement.ts";

/** Which of Kata's runtimes call it, and whether a sandbox with a volume needs it or only a feature does. */
export interface QmpRow extends Requirement {
  readonly command: string;
  readonly runtimes: "both" | "go" | "rust";
  readonly level: "must" | "feature";
  readonly feature?: string;
}

const go = "src/runtime/pkg/govmm/qemu/qmp.go";
const rust = "src/runtime-rs/crates/hypervisor/src/qemu/qmp.rs";

const must = (command: string, provenBy: Requirement["provenBy"] = "contract.qemu.qmp-commands"): QmpRow => ({
  command,
  runtimes: "both",
  level: "must",
  from: `${go} and ${rust}`,
  provenBy,
});

const feature = (runtimes: QmpRow["runtimes"], title: string, commands: readonly string[]): QmpRow[] =>
  commands.map(command => ({
    command,
    runtimes,
    level: "feature",
    feature: title,
    from: { both: `${go} and ${rust}`, go, rust }[runtimes],
    provenBy: "contract.qemu.qmp-features",
  }));

export const qmpCommands: readonly QmpRow[] = [
  must("qmp_capabilities", "contract.qemu.command-line-rust"),
  must("stop"),
  must("cont"),
  must("query-cpus-fast", "contract.qemu.command-line-rust"),
  must("query-hotpluggable-cpus", "contract.qemu.command-line-rust"),
  must("query-memory-devices", "contract.qemu.command-line-rust"),
  must("blockdev-add", "hotplug"),
  must("blockdev-del"),
  must("device_add", "hotplug"),
  must("device_del"),
  ...feature("both", "network plugged in at run time", ["getfd", "netdev_add", "netdev_del"]),
  ...feature("both", "memory plugged in at run time", ["object-add", "object-del", "qom-set"]),
  ...feature("both", "VM templates", ["migrate", "migrate-set-capabilities", "migrate-incoming", "query-migrate"]),
  ...feature("go", "the state of the VM", ["query-status"]),
  ...feature("go", "vhost-user devices plugged in at run time", ["chardev-add", "chardev-remove"]),
  ...feature("go", "virtio-mem", ["qom-get"]),
  ...feature("go", "dumps of guest memory", ["dump-guest-memory"]),
  ...feature("rust", "addresses of plugged devices", ["query-pci"]),
  ...feature("rust", "raw block sources given as descriptors", ["add-fd", "remove-fd", "query-fdsets"]),
];
