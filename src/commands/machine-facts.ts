import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import { dirname, join } from "node:path";

/** What can be read off this machine without changing it. */
export interface MachineFacts {
  readonly node: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cpus: number;
  /** Whether this machine is itself a virtual one. */
  readonly virtualized: boolean;
  /** That the device opens proves nothing: there are software KVMs on which no distro's kernel boots. */
  readonly kvm: "open" | "denied" | "absent";
  /** Whether guests of this machine may have guests; null where its KVM does not say. */
  readonly nested: boolean | null;
  readonly vhostVsock: boolean;
  readonly vhostNet: boolean;
  readonly cgroup: 1 | 2;
  readonly memoryMiB: { readonly total: number; readonly available: number };
  /** By what is kept there. */
  readonly diskMiB: Readonly<Record<string, number>>;
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function field(table: string, name: string): string {
  const line = table.split("\n").find(one => one.split(":")[0]?.trim() === name);
  return line?.slice(line.indexOf(":") + 1).trim() ?? "";
}

const mebibytes = (kibibytes: string): number => Math.floor(Number.parseInt(kibibytes, 10) / 1024) || 0;

function access(path: string): MachineFacts["kvm"] {
  if (!existsSync(path)) return "absent";
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return "open";
  } catch {
    return "denied";
  }
}

function nested(root: string): boolean | null {
  const said = ["kvm_intel", "kvm_amd", "kvm"]
    .map(module => text(join(root, "sys/module", module, "parameters/nested")).trim())
    .find(Boolean);
  return said === undefined ? null : /^[1yY]/.test(said);
}

/** Bytes that this user may still write, in the folder or where it would be made. */
function freeMiB(folder: string): number {
  if (!existsSync(folder)) return folder === dirname(folder) ? 0 : freeMiB(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1024 ** 2);
}

/** `root` is where the machine's own file system is; `folders` are named by what a run keeps there. */
export function machineFacts(folders: Readonly<Record<string, string>>, root = "/"): MachineFacts {
  const cpu = text(join(root, "proc/cpuinfo"));
  const memory = text(join(root, "proc/meminfo"));
  return {
    node: process.versions.node,
    kernel: release(),
    cpu: field(cpu, "model name") || process.arch,
    cpus: availableParallelism(),
    virtualized: field(cpu, "flags").split(" ").includes("hypervisor"),
    kvm: access(join(root, "dev/kvm")),
    nested: nested(root),
    vhostVsock: existsSync(join(root, "dev/vhost-vsock")),
    vhostNet: existsSync(join(root, "dev/vhost-net")),
    cgroup: existsSync(join(root, "sys/fs/cgroup/cgroup.controllers")) ? 2 : 1,
    memoryMiB: {
      total: mebibytes(field(memory, "MemTotal")),
      available: mebibytes(field(memory, "MemAvailable")),
    },
    diskMiB: Object.fromEntries(Object.entries(folders).map(([what, folder]) => [what, freeMiB(folder)])),
  };
}
