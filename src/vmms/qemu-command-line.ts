import type { Arch } from "../model/words.ts";
import type { ContractParts } from "./index.ts";

/** What starts in the place of KVM. */
const accel = "accel=tcg";

const bridge =
  "pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m";
const rootPort =
  "pcie-root-port,id=rp0,bus=pcie.0,chassis=0,slot=0,multifunction=off,pref64-reserve=2097152B,mem-reserve=4194304B";

/** On `virt` nothing can be plugged into `pcie.0` nor, without SHPC, behind the bridge: Kata brings root ports there. */
export const hotplugSlot: Readonly<Record<Arch, { readonly bus: string; readonly addr: string }>> = {
  amd64: { bus: "pci-bridge-0", addr: "0x1" },
  arm64: { bus: "rp0", addr: "0x0" },
};

const rootPorts = (arch: Arch): string[] => (arch === "arm64" ? ["-device", rootPort] : []);

const parameters: Readonly<Record<Arch, string>> = {
  amd64:
    "tsc=reliable no_timer_check reboot=k console=hvc0 panic=1 cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1",
  arm64: "iommu.passthrough=0 reboot=k console=hvc0 panic=1 cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1",
};

const kernel = ({ kernelImage }: ContractParts, arch: Arch): string[] =>
  kernelImage === undefined ? [] : ["-kernel", kernelImage, "-append", parameters[arch]];

const console = (name: string): string =>
  `socket,id=charconsole0,path=/tmp/kata-verify-${name}.sock,server=on,wait=off`;

/** Stands for the root image, of which 2 MiB are mapped. Not QEMU itself where there is another: some distros' is a script. */
const disk = ({ binary, kernelImage }: ContractParts): string => kernelImage ?? binary;

/**
 * Go: src/runtime/pkg/govmm/qemu/qemu.go LaunchQemu, src/runtime/virtcontainers/qemu.go buildDevices.
 * Left out, because they want what a container without KVM has not: the vsock device (a descriptor of /dev/vhost-vsock),
 * virtio-fs (a daemon at its socket). A hub stands where the tap is.
 */
export const goCommandLine = (parts: ContractParts, arch: Arch): [string, ...string[]] => [
  parts.binary,
  ...["-name", "sandbox-kata-verify", "-uuid", "5f0e3b1c-6f3a-4c0e-9d5e-2a7f0c1b8d11"],
  ...["-machine", arch === "amd64" ? `q35,${accel},nvdimm=on` : `virt,usb=off,${accel},gic-version=max`],
  ...["-cpu", "max,pmu=off", "-qmp", "stdio", "-m", "256M,slots=10,maxmem=1280M"],
  ...["-device", bridge, ...rootPorts(arch)],
  ...["-device", "virtio-serial-pci,disable-modern=false,id=serial0"],
  ...["-device", "virtconsole,chardev=charconsole0,id=console0", "-chardev", console("go")],
  ...(arch === "amd64"
    ? ["-device", "nvdimm,id=nv0,memdev=mem0,unarmed=on"]
    : ["-device", "virtio-blk-pci,disable-modern=false,drive=image-1,config-wce=off,share-rw=on,serial=image-1"]),
  ...(arch === "amd64"
    ? ["-object", `memory-backend-file,id=mem0,mem-path=${disk(parts)},size=2M,readonly=on`]
    : ["-drive", `id=image-1,file=${disk(parts)},aio=threads,format=raw,if=none,readonly=on`]),
  ...["-device", "virtio-scsi-pci,id=scsi0,disable-modern=false"],
  ...["-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0"],
  ...["-netdev", "hubport,id=network-0,hubid=0"],
  "-device",
  "driver=virtio-net-pci,netdev=network-0,mac=02:00:ca:fe:00:01,bus=pcie.0,disable-modern=false,mq=on,vectors=4",
  ...["-rtc", "base=utc,driftfix=slew,clock=host", "-global", "kvm-pit.lost_tick_policy=discard"],
  ...["-vga", "none", "-no-user-config", "-nodefaults", "-nographic", "--no-reboot"],
  ...["-object", "memory-backend-file,id=dimm1,size=256M,mem-path=/dev/shm,share=on", "-numa", "node,memdev=dimm1"],
  ...kernel(parts, arch),
  ...["-pidfile", "/tmp/kata-verify-go.pid", "-smp", "1,cores=1,threads=1,sockets=4,maxcpus=4", "-S"],
];

/**
 * Rust: src/runtime-rs/crates/hypervisor/src/qemu/cmdline_generator.rs QemuCmdLine::build. The same is left out as for Go.
 * `disable-modern=true` is what it passes when the host is itself a virtual machine, as most are that run this.
 */
export const rustCommandLine = (parts: ContractParts, arch: Arch): [string, ...string[]] => [
  parts.binary,
  ...["-name", "sandbox-kata-verify", ...kernel(parts, arch), "-smp", "1,maxcpus=4"],
  "-machine",
  arch === "amd64"
    ? `q35,${accel},nvdimm=on,kernel_irqchip=on,memory-backend=entire-guest-memory-share`
    : `virt,${accel},usb=off,gic-version=max,kernel_irqchip=on,memory-backend=entire-guest-memory-share`,
  ...["-cpu", "max,pmu=off", "-m", arch === "amd64" ? "256M,slots=10,maxmem=1280M" : "256M"],
  "-object",
  "memory-backend-file,id=entire-guest-memory-share,mem-path=/dev/shm,size=256M,share=on,readonly=off,prealloc=off",
  ...["-qmp", "stdio", "-rtc", "base=utc,clock=host,driftfix=slew"],
  ...["-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0"],
  ...["-device", bridge, ...rootPorts(arch)],
  ...["-device", "virtio-scsi-pci,id=scsi0,disable-modern=true"],
  ...["-netdev", "hubport,id=network-0,hubid=0"],
  "-device",
  "virtio-net-pci,netdev=network-0,mac=02:00:ca:fe:00:01,disable-modern=true,mq=on,vectors=4",
  ...(arch === "amd64"
    ? [
        ...[
          "-object",
          `memory-backend-file,id=image,mem-path=${disk(parts)},size=2M,share=on,readonly=on,prealloc=off`,
        ],
        ...["-device", "nvdimm,memdev=image,unarmed=on"],
      ]
    : [
        "-blockdev",
        `driver=file,node-name=image-1,filename=${disk(parts)},aio=threads,cache.direct=off,cache.no-flush=off,read-only=on`,
        "-device",
        "virtio-blk-pci,drive=image-1,config-wce=off,share-rw=on,serial=image-1",
      ]),
  ...["-device", "virtio-serial-pci,id=serial0", "-chardev", console("rust")],
  ...["-device", "virtconsole,id=console0,chardev=charconsole0"],
  ...["-vga", "none", "-no-user-config", "-nodefaults", "-nographic", "-no-reboot", "-S"],
];
