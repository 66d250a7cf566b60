import type { Arch } from "../model/words.ts";

/** A guest as Kata's Go runtime describes it to QEMU with an initrd and a shared file system. */
export interface QemuGuest {
  readonly arch: Arch;
  readonly accelerator: "kvm" | "tcg";
  readonly binary: string;
  readonly id: string;
  readonly uuid: string;
  readonly memoryMiB: number;
  /** Of the testbed: Kata lets a guest grow to that and 1 GiB more. */
  readonly testbedMemoryMiB: number;
  /** Of the testbed: as many can be plugged in. */
  readonly testbedCpus: number;
  readonly kernel: string;
  readonly initrd: string;
  /** Appended to Kata's own kernel parameters. */
  readonly parameters: readonly string[];
  /** Arguments for the devices of workloads. */
  readonly devices: readonly string[];
  /** Descriptor of the listening QMP socket, or a place for its number; absent where nobody will talk to it. */
  readonly qmp?: string;
  readonly pidFile: string;
  /** Whether the kernel's messages come out of a serial port on standard output, which Kata's guests do not have. */
  readonly serial?: boolean;
  /** UEFI, which Kata gives to aarch64 only. */
  readonly firmware?: string;
}

interface Machine {
  readonly type: string;
  readonly kvm: readonly string[];
  readonly tcg: readonly string[];
  /** Kata's, by architecture: virtcontainers/qemu_amd64.go and qemu_arm64.go, kernelParams. */
  readonly parameters: readonly string[];
  readonly serial: string;
}

const machines: Readonly<Record<Arch, Machine>> = {
  amd64: {
    type: "q35",
    kvm: ["-machine", "q35,accel=kvm", "-cpu", "host,pmu=off"],
    tcg: ["-machine", "q35", "-accel", "tcg", "-cpu", "max"],
    parameters: [
      ...["tsc=reliable", "no_timer_check", "rcupdate.rcu_expedited=1", "i8042.direct=1", "i8042.dumbkbd=1"],
      ...["i8042.nopnp=1", "i8042.noaux=1", "noreplace-smp", "reboot=k", "cryptomgr.notests", "net.ifnames=0"],
      "pci=lastbus=0",
    ],
    serial: "ttyS0",
  },
  arm64: {
    type: "virt",
    kvm: ["-machine", "virt,usb=off,accel=kvm,gic-version=host", "-cpu", "host,pmu=off"],
    tcg: ["-machine", "virt,usb=off,gic-version=3", "-accel", "tcg", "-cpu", "max"],
    parameters: ["iommu.passthrough=0"],
    serial: "ttyAMA0",
  },
};

/**
 * What every sandbox gets. Kata has `quiet` here; its place is taken by the level that still prints what is more than
 * information, for the console is evidence.
 */
const common = (cpus: number): readonly string[] => [
  ...["console=hvc0", "console=hvc1", "loglevel=6", "systemd.show_status=false", "panic=1", `nr_cpus=${cpus}`],
  ...["selinux=0", "scsi_mod.scan=none", "cgroup_no_v1=all", "systemd.unified_cgroup_hierarchy=1"],
];

/** The command line, in the order in which Kata's Go runtime writes it (govmm, LaunchQemu). */
export function qemuGuest(guest: QemuGuest): readonly [string, ...string[]] {
  const { memoryMiB, testbedCpus, qmp } = guest;
  const machine = machines[guest.arch];
  const serial = guest.serial ? [`console=${machine.serial}`] : [];
  const parameters = [...machine.parameters, ...common(testbedCpus), ...serial, ...guest.parameters];
  return [
    guest.binary,
    ...["-name", `sandbox-${guest.id}`],
    ...["-uuid", guest.uuid],
    ...machine[guest.accelerator],
    ...(qmp === undefined ? [] : ["-qmp", `unix:fd=${qmp},server=on,wait=off`]),
    ...["-m", `${memoryMiB}M,slots=10,maxmem=${guest.testbedMemoryMiB + 1024}M`],
    "-device",
    "pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m",
    ...guest.devices,
    ...["-rtc", "base=utc,driftfix=slew,clock=host"],
    ...["-global", "kvm-pit.lost_tick_policy=discard"],
    ...["-vga", "none", "-no-user-config", "-nodefaults", "-nographic", "--no-reboot"],
    ...["-object", `memory-backend-file,id=dimm1,size=${memoryMiB}M,mem-path=/dev/shm,share=on`],
    ...["-numa", "node,memdev=dimm1"],
    ...(guest.firmware === undefined ? [] : ["-bios", guest.firmware]),
    ...["-kernel", guest.kernel, "-initrd", guest.initrd, "-append", parameters.join(" ")],
    ...(guest.serial ? ["-serial", "stdio"] : []),
    ...["-pidfile", guest.pidFile],
    ...["-smp", `1,cores=1,threads=1,sockets=${testbedCpus},maxcpus=${testbedCpus}`],
  ];
}
