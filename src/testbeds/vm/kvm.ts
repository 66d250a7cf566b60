import { access, readdir, readFile, stat } from "node:fs/promises";
import { release } from "node:os";
import { type Processor, readProcessor, type ShownMachine } from "./processor.ts";

const device = "/dev/kvm";

/** What a container is given for QEMU to use the runner's KVM: the node, and the group that may open it. */
export async function kvmAccess(path = device): Promise<{ devices: string[]; groups: string[] }> {
  const { gid } = await stat(path);
  return { devices: [path], groups: [String(gid)] };
}

const read = (path: string) => readFile(path, "latin1").catch(() => "");

/** What `-cpu host` means on this runner: a machine that was saved goes on only where it means the same. */
export async function runnerCpu(): Promise<string> {
  const cpu = await read("/proc/cpuinfo");
  const first = cpu.split("\n\n")[0] ?? "";
  const telling = first
    .split("\n")
    .filter(line => /^(vendor_id|cpu family|model|stepping|microcode|flags|Features|CPU )/.test(line));
  return [release(), ...telling].join("\n");
}

/** Whether a VM on this runner's KVM gets a CPU with hardware virtualization of its own. */
async function nests(): Promise<boolean> {
  const switches = await Promise.all(
    ["kvm_intel", "kvm_amd"].map(name => read(`/sys/module/${name}/parameters/nested`)),
  );
  return switches.some(value => ["1", "Y"].includes(value.trim()));
}

const there = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** What this runner says of itself before anything is tried. */
export interface RunnerLook extends Processor {
  /** Whether KVM's node is there. */
  readonly device: boolean;
  readonly vhostVsock: boolean;
  readonly nested: boolean;
}

/** Clocks of other machines: one of them is that which KVM lets its machines read of its own. */
async function remoteClocks(): Promise<string> {
  const folder = "/sys/class/ptp";
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.map(name => read(`${folder}/${name}/clock_name`)))).join("");
}

async function shown(): Promise<ShownMachine> {
  const [cpuinfo, vendor, product, model, clocks, remote] = await Promise.all([
    read("/proc/cpuinfo"),
    read("/sys/class/dmi/id/sys_vendor"),
    read("/sys/class/dmi/id/product_name"),
    read("/proc/device-tree/model"),
    read("/sys/devices/system/clocksource/clocksource0/available_clocksource"),
    remoteClocks(),
  ]);
  return { cpuinfo, vendor, product, model, clocks, remoteClocks: remote };
}

export async function lookAtRunner(path = device): Promise<RunnerLook> {
  const [machine, vhostVsock, nested, node] = await Promise.all([
    shown(),
    there("/dev/vhost-vsock"),
    nests(),
    there(path),
  ]);
  return { device: node, ...readProcessor(machine), vhostVsock, nested };
}
