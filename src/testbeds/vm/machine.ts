import type { Arch } from "../../model/words.ts";
import { agentPort, wakePort } from "./init.ts";

/** How the testbed's own instructions run. */
export type Accelerator = "kvm" | "tcg";

/** The machine that a testbed is. A snapshot fits only the machine that it was taken of, so all of it is in its key. */
export interface Machine {
  readonly arch: Arch;
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** Folders in the container that QEMU runs in. */
export const folders = {
  /** Of this VM alone, writable: its overlay, its initrd, its sockets. */
  own: "/vm",
  disk: "/disk",
  snapshot: "/snapshot",
} as const;

/** Bytes of the disk through which files go in and out. A file of the runner with holes: what is not written takes no space. */
export const bulkBytes = 64 * 1024 ** 3;

/** Bytes that the testbed's disk may grow to. */
export const diskBytes = 16 * 1024 ** 3;

const programs: Readonly<Record<Arch, string>> = { amd64: "qemu-system-x86_64", arm64: "qemu-system-aarch64" };
const consoles: Readonly<Record<Arch, string>> = { amd64: "ttyS0", arm64: "ttyAMA0" };

/**
 * A CPU with hardware virtualization in either case: with KVM the runner's own, else an emulated one, on which the KVM of
 * the distro's kernel runs as on any other. QEMU emulates AMD's kind only.
 */
function cpu({ arch, accelerator }: Machine): readonly string[] {
  if (accelerator === "kvm") return ["-accel", "kvm", "-cpu", "host"];
  return ["-accel", "tcg,thread=multi", "-cpu", arch === "amd64" ? "max,+svm,+npt" : "max"];
}

function board({ arch, accelerator }: Machine): readonly string[] {
  if (arch === "amd64") return ["-machine", "q35"];
  return ["-machine", accelerator === "kvm" ? "virt,gic-version=host" : "virt,virtualization=on,gic-version=max"];
}

/**
 * The first line of it is on the console after a second or two; `panic=1` with -no-reboot ends QEMU when the kernel panics. QEMU's
 * emulated CPU does not speculate: what the kernel does against that whenever it enters a guest protects nothing there, and makes
 * a guest's boot take nearly three times as long.
 */
const kernelCommandLine = ({ arch, accelerator }: Machine): string =>
  `console=${consoles[arch]} panic=1${accelerator === "tcg" ? " mitigations=off" : ""}`;

/** What makes the machine, without the files that differ from one VM to the next: part of a snapshot's key. */
export function machineArgv(machine: Machine): readonly string[] {
  return [
    programs[machine.arch],
    ...["-nodefaults", "-no-user-config", "-no-reboot"],
    ...["-display", "none"],
    ...board(machine),
    ...cpu(machine),
    ...["-smp", String(machine.cpus)],
    ...["-m", `${machine.memoryMiB}M`],
    ...["-kernel", `${folders.disk}/kernel`],
    ...["-initrd", `${folders.own}/initrd`],
    ...["-append", kernelCommandLine(machine)],
    // Nothing on them outlives the VM, so nothing needs to reach the runner's disk.
    ...["-drive", `if=none,id=disk,file=${folders.own}/overlay.qcow2,format=qcow2,cache=unsafe`],
    ...["-device", "virtio-blk-pci,drive=disk,serial=disk"],
    ...["-drive", `if=none,id=bulk,file=${folders.own}/bulk,format=raw,cache=unsafe`],
    ...["-device", "virtio-blk-pci,drive=bulk,serial=bulk"],
    ...["-device", "virtio-serial-pci"],
    ...["-chardev", `socket,id=agent,path=${folders.own}/agent,server=on,wait=off`],
    ...["-device", `virtserialport,chardev=agent,name=${agentPort}`],
    ...["-chardev", `socket,id=wake,path=${folders.own}/wake,server=on,wait=off`],
    ...["-device", `virtserialport,chardev=wake,name=${wakePort}`],
    ...["-qmp", `unix:${folders.own}/qmp,server=on,wait=off`],
    // QEMU waits until somebody reads it: the first line is the most telling one.
    ...["-chardev", `socket,id=console,path=${folders.own}/console,server=on,wait=on`],
    ...["-serial", "chardev:console"],
  ];
}
