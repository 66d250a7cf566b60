import * as z from "zod";

export const Blame = z.enum(["distro", "kata", "runner", "harness", "catalog"]);
export type Blame = z.infer<typeof Blame>;

interface CodeRow {
  readonly title: string;
  readonly blames: Blame;
  /** Whether a `fail` with this code is evidence against the distro. */
  readonly counts: boolean;
}

const row = (blames: Blame, title: string, counts = blames === "distro"): CodeRow => ({ title, blames, counts });

/** Every non-pass has a code from this table; codes are stable across releases and each has a page in docs/codes. */
export const codes = {
  "vmm.not-packaged": row("distro", "The distro ships no package of this VMM"),
  "vmm.path-unknown": row("catalog", "The VMM's package is installed, but its binary is at no path that is known"),
  "vmm.not-running": row("distro", "The VMM's binary does not run at all"),
  "vmm.version-too-old": row("distro", "The VMM is older than Kata accepts"),
  "vmm.machine-missing": row("distro", "A machine type that Kata uses is missing"),
  "vmm.device-missing": row("distro", "A device that Kata uses is not built in"),
  "vmm.object-missing": row("distro", "An object that Kata uses is not built in"),
  "vmm.property-missing": row("distro", "A device property that Kata sets does not exist"),
  "vmm.option-rejected": row("distro", "The VMM refuses an option that Kata passes"),
  "vmm.qmp-command-missing": row("distro", "A QMP command that Kata calls does not exist"),
  "vmm.aio-unsupported": row("distro", "An aio mode was left out of the build"),
  "vmm.rom-missing": row("distro", "A firmware or option ROM that the VMM loads is not installed"),
  "vmm.sandbox-unsupported": row("distro", "The VMM was built without its seccomp sandbox"),
  "vmm.crash": row("distro", "The VMM died"),
  "virtiofsd.not-packaged": row("distro", "The distro ships no virtiofsd"),
  "virtiofsd.path": row("catalog", "virtiofsd's package is installed, but its binary is at no path that is known"),
  "virtiofsd.syntax": row("distro", "virtiofsd does not take the options that Kata passes", false),
  "virtiofsd.exited-early": row("distro", "virtiofsd ends before a VMM can connect"),
  "kernel.not-packaged": row("distro", "The distro ships no kernel image under the names that are known"),
  "package.uninstallable": row("distro", "The distro's own packages cannot be installed together"),
  "package.candidate-uninstallable": row(
    "runner",
    "A package file given by the user cannot be installed over what the distro ships",
  ),
  "host.module-missing": row("distro", "The kernel package lacks a module that Kata's host needs"),
  "host.module-not-loaded": row("distro", "A module that Kata's host needs is not loaded by itself", false),
  "host.device-missing": row("distro", "A device node that Kata opens does not appear on the distro's own kernel"),
  "host.not-the-distros": row("runner", "The distro's own kernel did not run under the VMM: it was not asked"),
  "host.not-up-to-date": row("runner", "This machine has an older version than its distro ships by now"),
  "host.io-uring-disabled": row("distro", "io_uring is switched off by sysctl", false),
  "host.cgroup-v1": row("distro", "The testbed does not run on cgroup v2", false),
  "guest.option-missing": row("distro", "The kernel was built without an option that Kata's guest needs"),
  "guest.option-modular": row("distro", "The option is a module where Kata's guest image has no initrd", false),
  "guest.no-pvh": row("distro", "The kernel image carries no PVH entry point", false),
  "guest.no-mmio": row("distro", "The kernel cannot find virtio-mmio devices, as firecracker presents them", false),
  "guest.module-missing": row("distro", "The kernel package lacks a module that its own config promises"),
  "guest.panic": row("distro", "The guest kernel panicked"),
  "guest.no-boot": row("distro", "The guest kernel did not reach its first program"),
  "guest.hang": row("distro", "The guest stopped half-way and never answered again"),
  "guest.nonce-missing": row("distro", "The guest did not echo the nonce"),
  "guest.virtiofs-mount": row("distro", "The guest could not mount the shared folder"),
  "guest.virtiofs-content": row(
    "distro",
    "A file written on one side of the shared folder reads differently on the other",
  ),
  "guest.vsock": row("distro", "The guest did not answer over vsock"),
  "guest.block": row("distro", "The guest does not see the block device, or reads it wrongly"),
  "guest.network": row("distro", "The guest has no network link"),
  "guest.entropy": row("distro", "The guest has no hardware random number generator"),
  "guest.hotplug": row("distro", "A block device plugged in at run time was not seen by the guest"),
  "guest.shutdown": row("distro", "The guest did not power off cleanly"),
  "guest.agent-no-vsock": row("distro", "Kata's agent found no vsock in the guest"),
  "guest.agent-timeout": row("distro", "Kata's agent never answered from the guest"),
  "guest.wrong-kernel": row("harness", "Another kernel booted than the one under test"),
  "kata.unavailable": row("runner", "Kata's own binaries could not be had"),
  "kata.digest-mismatch": row("runner", "Kata's release is not the file that is pinned"),
  "kata.config": row("harness", "Kata does not take the configuration that the harness made"),
  "kata.shim-missing": row("kata", "containerd cannot start Kata's shim"),
  "kata.shim-exited": row("kata", "Kata's shim died"),
  "kata.shim-hung": row("kata", "Kata's shim did not come back after its VMM or daemon had ended"),
  "kata.no-agent": row("kata", "The guest image has no agent that starts"),
  "kata.no-vm": row("kata", "The container ran without a VM around it"),
  "kata.exec": row("kata", "A program started in the container did not say what it was told to, or ended otherwise"),
  "kata.rootfs": row("distro", "The container's root file system is not as it was given"),
  "kata.network": row("kata", "The container has no working network"),
  "kata.volume": row("distro", "A volume does not read the same on both sides"),
  "kata.limits": row("kata", "The container's limits are not in force in the guest"),
  "kata.pod": row("kata", "Two containers of one pod do not share what a pod shares"),
  "kata.resources": row("kata", "The guest did not grow by what a container asked for"),
  "kata.privileges": row("kata", "A program in the container has other privileges than under runc"),
  "kata.again": row("kata", "Of several sandboxes in a row, not all came up and went"),
  "kata.leftovers": row("kata", "Something of the container was left after it was removed"),
  "control.failed": row("runner", "The same did not work under runc: the testbed is broken, nothing is told of Kata"),
  "containerd.not-packaged": row("distro", "The distro ships no containerd", false),
  "containerd.unavailable": row("runner", "The containerd that the harness adds could not be had"),
  "containerd.digest-mismatch": row("runner", "The containerd that the harness adds is not the file that is pinned"),
  "containerd.not-answering": row("distro", "containerd does not start or does not answer", false),
  "infra.no-network": row("runner", "What had to be downloaded could not be"),
  "provenance.not-shipped": row("distro", "The binary belongs to no package of the distro's own repositories"),
  "provenance.modified": row("distro", "The binary differs from the one in its package"),
  "provenance.candidate": row("distro", "The binary comes from a package file given by the user", false),
  "provenance.built": row("distro", "The part was built by the user, and given with --with-file", false),
  "lsm.apparmor": row("distro", "AppArmor denied something to the stack under test"),
  "lsm.avc": row("distro", "SELinux denied something to the stack under test"),
  "acceleration.fell-back": row("distro", "The VMM was asked for KVM and ran something else"),
  "catalog.no-bootstrap": row("catalog", "The registry does not answer and the target names no bootstrap"),
  "image.digest-mismatch": row("runner", "The registry sent another image than the one that is pinned"),
  "image.not-found": row("catalog", "The registry does not have the image"),
  "image.unauthorized": row("runner", "The registry asks for credentials"),
  "infra.registry-down": row("runner", "The image registry does not answer"),
  "infra.mirror-down": row("runner", "The package mirror does not answer"),
  "infra.mirror-stale": row("runner", "The package mirror's index has expired"),
  "infra.mirror-corrupt": row("runner", "The package mirror sends what its index does not promise"),
  "infra.no-kvm": row("runner", "The testbed has no usable /dev/kvm"),
  "infra.kvm-unusable": row("runner", "/dev/kvm opens but boots no kernel"),
  "infra.no-vhost-vsock": row("runner", "The testbed has no /dev/vhost-vsock"),
  "infra.no-tun": row("runner", "The testbed has no usable /dev/net/tun"),
  "infra.no-privilege": row("runner", "A privilege that this needs is not given"),
  "infra.engine-gone": row("runner", "The container engine stopped answering"),
  "infra.testbed-gone": row("runner", "The testbed died in the middle of a run"),
  "infra.testbed-no-boot": row("harness", "The testbed VM did not come up"),
  "infra.testbed-panic": row("harness", "The testbed's kernel panicked under emulation"),
  "infra.emulation-stall": row("harness", "The emulated guest printed nothing at all"),
  "infra.slow": row("runner", "It did not end in time on a testbed where time proves nothing"),
  "infra.memory": row("runner", "The runner or the testbed ran out of memory"),
  "infra.disk-full": row("runner", "The runner or the testbed ran out of disk space"),
  "infra.interrupted": row("runner", "The run was interrupted"),
  "infra.deadline": row("runner", "The deadline of the run came first"),
  "harness.not-observed": row("harness", "Nothing was observed that could tell"),
  "harness.output-unreadable": row("harness", "The output was not in any form that is known"),
  "harness.bug": row("harness", "A bug in the harness"),
  "catalog.other-arch": row("catalog", "Kata asks nothing of the kind on this architecture"),
  "catalog.not-shipped": row("catalog", "The target does not ship this VMM"),
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof codes;
export const Code = z.enum(Object.keys(codes) as [Code, ...Code[]]);

/** Why a check did not pass: a code, one line for people, and the lines that show it. */
export const Reason = z.looseObject({
  code: Code,
  message: z.string(),
  detail: z.string(),
  blames: Blame,
});
export type Reason = z.infer<typeof Reason>;

/** `message` defaults to the code's title; `detail` is the evidence, a few lines. */
export function reason(code: Code, message?: string, detail = ""): Reason {
  return { code, message: message ?? codes[code].title, detail, blames: codes[code].blames };
}
