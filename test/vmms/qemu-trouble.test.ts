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
    ["qemu_thread_create: Resource temporarily unavailable", "infra.memory"],
    ["(qemu:7): GLib-ERROR **: gmem.c:106: failed to allocate 4294967296 bytes", "infra.memory"],
    ['{"error": {"class": "GenericError", "desc": "Could not open x: Too many open files"}}', "infra.memory"],
    ["qemu-system-x86_64: Could not open 'x': No space left on device", "infra.disk-full"],
    ["qemu-system-x86_64: Failed to lock byte 100: Resource temporarily unavailable", "vmm.crash"],
    ["qemu-system-x86_64: something that nobody knows", "vmm.crash"],
  ])("%s", (stderr, code) => {
    expect(diagnoseQemu({ ending: exited(1), stderr })?.code).toBe(code);
  });

  it.each([
    ["standin launch: network: kv0@192.0.2.1: EBUSY", "harness.not-observed"],
    ["standin launch: vsock: /dev/vhost-vsock: EPERM", "infra.no-privilege"],
    ["standin launch: qmp: /run/q: ENOSPC", "infra.disk-full"],
    ["standin launch: network: kv0@192.0.2.1: ENFILE", "infra.memory"],
  ])("is nothing of its own where the launcher had nothing to hand to it: %s", (stderr, code) => {
    expect(diagnoseQemu({ ending: exited(69), stderr })?.code).toBe(code);
    expect(diagnoseQemu({ ending: exited(1), stderr })?.code).toBe("vmm.crash");
  });

  it("is found in time, however long the line that a guest had it print", () => {
    const stderr = `qemu: ${"Failed to connect to '".repeat(40_000)}`;
    expect(diagnoseQemu({ ending: exited(1), stderr })?.code).toBe("vmm.crash");
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
