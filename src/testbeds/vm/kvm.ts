import { readFile, stat } from "node:fs/promises";
import { release } from "node:os";
import type { Preflight } from "../../model/evidence.ts";
import type { Arch } from "../../model/words.ts";
import type { Accelerator } from "./machine.ts";

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
async function nests(arch: Arch): Promise<boolean> {
  if (arch !== "amd64") return false;
  const switches = await Promise.all(
    ["kvm_intel", "kvm_amd"].map(name => read(`/sys/module/${name}/parameters/nested`)),
  );
  return switches.some(value => ["1", "Y"].includes(value.trim()));
}

/** KVM where preflight booted a kernel with it and a VM can have a KVM of its own; else emulation, which has both. */
export async function chooseAccelerator(arch: Arch, preflight: Preflight): Promise<Accelerator> {
  return preflight.kvm === "boots" && (await nests(arch)) ? "kvm" : "tcg";
}
