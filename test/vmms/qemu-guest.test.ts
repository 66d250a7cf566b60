import { describe, expect, it } from "vitest";
import { type QemuGuest, qemuGuest } from "../../src/vmms/qemu-guest.ts";
import { workloads } from "../../src/workloads/index.ts";
import { exampleBoot } from "../workloads/boot.ts";

const guest: QemuGuest = {
  arch: "amd64",
  accelerator: "kvm",
  binary: "/usr/bin/qemu-system-x86_64",
  id: "5eed",
  uuid: "00000000-0000-4000-8000-000000000000",
  memoryMiB: 512,
  testbedMemoryMiB: 3924,
  testbedCpus: 2,
  kernel: "/boot/vmlinuz-6.12",
  initrd: "/run/kata-verify/guest.cpio",
  parameters: ["kv.nonce=5eed"],
  devices: [],
  qmp: "{qmp}",
  pidFile: "/run/kata-verify/guest/qemu.pid",
};

/** Options with their values, an option a line. */
const options = (argv: readonly string[]) =>
  argv
    .slice(1)
    .join(" ")
    .split(/ (?=--?[a-z])/);

describe("the command line for a guest", () => {
  it("is Kata's default shape, in Kata's order", () => {
    const devices = Object.values(workloads).flatMap(workload => workload.devices(exampleBoot));
    expect(options(qemuGuest({ ...guest, devices }))).toMatchInlineSnapshot(`
      [
        "-name sandbox-5eed",
        "-uuid 00000000-0000-4000-8000-000000000000",
        "-machine q35,accel=kvm",
        "-cpu host,pmu=off",
        "-qmp unix:fd={qmp},server=on,wait=off",
        "-m 512M,slots=10,maxmem=4948M",
        "-device pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m",
        "-device virtio-serial-pci,disable-modern=false,id=serial0",
        "-device virtconsole,chardev=charconsole0,id=console0",
        "-chardev socket,id=charconsole0,path=/run/kata-verify/guest-5eed5eed/console.sock,server=on,wait=off",
        "-device vhost-vsock-pci,disable-modern=false,vhostfd={vsock},id=vsock-4711,guest-cid=4711,bus=pcie.0",
        "-chardev socket,id=char-virtiofs,path=/run/kata-verify/guest-5eed5eed/virtiofs.sock",
        "-device vhost-user-fs-pci,chardev=char-virtiofs,tag=kataShared,queue-size=1024,bus=pcie.0",
        "-device virtio-blk-pci,disable-modern=false,drive=image-block,config-wce=off,share-rw=on,serial=kv-block",
        "-drive id=image-block,file=/run/kata-verify/guest-5eed5eed/block.img,aio=threads,format=raw,if=none,readonly=on",
        "-netdev tap,id=network-0,vhost=on,vhostfds={network-vhost},fds={network}",
        "-device driver=virtio-net-pci,netdev=network-0,mac=02:5e:ed:5e:ed:00,bus=pcie.0,disable-modern=false,mq=on,vectors=4",
        "-object rng-random,id=rng0,filename=/dev/urandom",
        "-device virtio-rng-pci,rng=rng0",
        "-device virtio-scsi-pci,id=scsi0,disable-modern=false",
        "-rtc base=utc,driftfix=slew,clock=host",
        "-global kvm-pit.lost_tick_policy=discard",
        "-vga none",
        "-no-user-config",
        "-nodefaults",
        "-nographic",
        "--no-reboot",
        "-object memory-backend-file,id=dimm1,size=512M,mem-path=/dev/shm,share=on",
        "-numa node,memdev=dimm1",
        "-kernel /boot/vmlinuz-6.12",
        "-initrd /run/kata-verify/guest.cpio",
        "-append tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0 console=hvc0 console=hvc1 loglevel=6 systemd.show_status=false panic=1 nr_cpus=2 selinux=0 scsi_mod.scan=none cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1 kv.nonce=5eed",
        "-pidfile /run/kata-verify/guest/qemu.pid",
        "-smp 1,cores=1,threads=1,sockets=2,maxcpus=2",
      ]
    `);
  });

  it("asks for TCG so that nothing else can be meant", () => {
    const argv = qemuGuest({ ...guest, accelerator: "tcg" });
    expect(options(argv)).toEqual(expect.arrayContaining(["-machine q35", "-accel tcg", "-cpu max"]));
    expect(argv.join(" ")).not.toContain("kvm,");
  });

  it("knows aarch64: its machine, its firmware, its parameters", () => {
    const argv = qemuGuest({
      ...guest,
      arch: "arm64",
      binary: "/usr/bin/qemu-system-aarch64",
      firmware: "/usr/share/AAVMF/AAVMF_CODE.fd",
    });
    expect(options(argv)).toEqual(
      expect.arrayContaining([
        "-machine virt,usb=off,accel=kvm,gic-version=host",
        "-cpu host,pmu=off",
        "-bios /usr/share/AAVMF/AAVMF_CODE.fd",
      ]),
    );
    expect(argv.join(" ")).toContain("-append iommu.passthrough=0 console=hvc0");
  });

  it("asks for transitional devices on a testbed that is a virtual machine, as Kata does", () => {
    const nested = Object.values(workloads).flatMap(workload => workload.devices({ ...exampleBoot, nested: true }));
    expect(nested.filter(one => one.includes("disable-modern"))).toHaveLength(5);
    expect(nested.join(" ")).not.toContain("disable-modern=false");
  });

  it("gives the network to vhost-net only where the testbed has it", () => {
    const without = workloads.network.devices({ ...exampleBoot, vhostNet: false });
    expect(without[1]).toBe("tap,id=network-0,fds={network}");
    expect(workloads.network.descriptors?.({ ...exampleBoot, vhostNet: false })).toHaveLength(2);
  });
});
