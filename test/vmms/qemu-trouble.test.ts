import { describe, expect, it } from "vitest";
import type { Ending } from "../../src/model/command.ts";
import { diagnoseQemu } from "../../src/vmms/qemu-trouble.ts";

const exited = (code: number): Ending => ({ kind: "exited", code });

describe("why a QEMU ended", () => {
  it.each([
    [
      "qemu-system-x86_64: -device virtio-nope-pci,rng=rng0: 'virtio-nope-pci' is not a valid device model name",
      "vmm.device-missing",
    ],
    [
      "qemu-system-x86_64: -device virtio-blk-pci,scsi=off: Property 'virtio-blk-pci.scsi' not found",
      "vmm.property-missing",
    ],
    ["qemu-system-x86_64: -object iommufd,id=i0: invalid object type: iommufd", "vmm.object-missing"],
    ['qemu-system-x86_64: unsupported machine type: "virt"', "vmm.machine-missing"],
    ['qemu-system-x86_64: -device virtio-net-pci: failed to find romfile "efi-virtio.rom"', "vmm.rom-missing"],
    ["qemu: could not load PC BIOS 'bios-256k.bin'", "vmm.rom-missing"],
    ["Parameter 'aio' does not accept value 'io_uring'", "vmm.aio-unsupported"],
    ["QMP command failed: Unable to use io_uring: Operation not permitted", "host.io-uring-disabled"],
    ["qemu-system-x86_64: -accel kvm: Could not access KVM kernel module: No such file or directory", "infra.no-kvm"],
    ["Could not access KVM kernel module: Permission denied", "infra.kvm-unusable"],
    ["KVM internal error. Suberror: 1\nemulation failure", "infra.kvm-unusable"],
    ["error: kvm run failed Bad address", "infra.memory"],
    ["qemu-system-x86_64: cannot set up guest memory 'dimm1': Cannot allocate memory", "infra.memory"],
    ["qemu-system-x86_64: CPU model 'host' requires KVM or HVF", "vmm.option-rejected"],
    [
      "qemu-system-x86_64: -chardev socket,id=char-x,path=/run/vc/vm/x/vhost-fs.sock: Failed to connect to '/run/vc/vm/x/vhost-fs.sock': Connection refused",
      "virtiofsd.exited-early",
    ],
    ["qemu: linux kernel too old to load a ram disk", "guest.no-boot"],
    ["qemu-system-x86_64: -nope: invalid option", "vmm.option-rejected"],
    ["qemu-system-x86_64: something that nobody knows", "vmm.crash"],
  ])("%s", (stderr, code) => {
    expect(diagnoseQemu({ ending: exited(1), stderr })?.code).toBe(code);
  });

  it.each<[Ending, string]>([
    [{ kind: "notStarted", code: "ENOENT" }, "vmm.not-running"],
    [exited(127), "vmm.not-running"],
    [exited(1), "vmm.not-running"],
    [{ kind: "signalled", signal: "SIGSEGV" }, "vmm.crash"],
    [{ kind: "signalled", signal: "SIGKILL" }, "infra.memory"],
    [{ kind: "signalled", signal: "SIGBUS" }, "infra.memory"],
  ])("says nothing and %j", (ending, code) => {
    expect(diagnoseQemu({ ending, stderr: "" })?.code).toBe(code);
  });

  it("has nothing to say of a good end, warnings or not, nor of one that we made", () => {
    expect(
      diagnoseQemu({ ending: exited(0), stderr: "warning: global kvm-pit.lost_tick_policy has invalid class name" }),
    ).toBeNull();
    expect(diagnoseQemu({ ending: { kind: "timedOut", afterMs: 1 }, stderr: "" })).toBeNull();
  });

  it("quotes the line and not the program's name", () => {
    expect(
      diagnoseQemu({ ending: exited(1), stderr: "/usr/bin/qemu-system-x86_64: -nope: invalid option\n" })?.message,
    ).toBe("QEMU: -nope: invalid option");
  });
});
