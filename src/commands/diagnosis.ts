import type { Preflight } from "../model/runner.ts";
import type { MachineFacts } from "./machine-facts.ts";
import { type FoundPrerequisite, prerequisites } from "./prerequisites.ts";

/** `missing` keeps a run from starting, `note` only changes how it runs. */
export interface Finding {
  readonly state: "good" | "note" | "missing";
  readonly title: string;
  readonly saw: string;
  readonly advice: string | null;
}

/** What one cell takes: a testbed of 2 GiB with a guest in it, and root file system, disk and snapshot of a distro. */
const enoughMemoryMiB = 4 * 1024;
const enoughDiskMiB = 8 * 1024;

const good = (title: string, saw: string): Finding => ({ state: "good", title, saw, advice: null });
const note = (title: string, saw: string, advice: string): Finding => ({ state: "note", title, saw, advice });
const gibibytes = (mebibytes: number): string => `${(mebibytes / 1024).toFixed(1)} GiB`;

/** What an earlier run found out by booting a kernel, which the device's node cannot tell. */
function tried({ kvm, emulated = false, unproven = false, saw }: Preflight, guests: string): Finding {
  const again = "A run with --no-cache tries it again";
  if (kvm === "unusable")
    return note(
      "KVM",
      `/dev/kvm opens but boots no kernel, as an earlier run saw: ${saw}`,
      `Testbeds are VMs on an emulated processor, slow, and no more than provisional. ${again}`,
    );
  const boots = "/dev/kvm boots a kernel, as an earlier run saw";
  if (!emulated) return good("KVM", `${boots}${guests}`);
  const of = unproven ? "on a processor that nothing proves to be real" : "on an emulated processor";
  return note("KVM", `${boots}, ${of}${guests}`, "What it shows is no more than provisional");
}

function kvm({ kvm, virtualized, nested }: MachineFacts, preflight: Preflight | undefined): Finding {
  if (kvm === "absent") {
    const advice = virtualized
      ? "This machine is a virtual one: its owner would have to allow nested virtualization"
      : "Virtualization may be switched off in the firmware";
    return note(
      "KVM",
      "no /dev/kvm: guests run on an emulated processor, slowly, and no more than provisionally",
      advice,
    );
  }
  const guests = nested === null ? "" : `; guests of guests ${nested ? "allowed" : "not allowed"}`;
  if (preflight !== undefined) return tried(preflight, guests);
  const where = `/dev/kvm ${kvm === "open" ? "opens" : "is not open to this user, which containers do not need"}`;
  return note("KVM", `${where}${guests}`, "Only booting a guest proves that it works; each run tries that first");
}

function device(title: string, path: string, there: boolean, module: string, without: string): Finding {
  return there
    ? good(title, path)
    : note(title, `no ${path}: ${without}`, `Load it, where the kernel has it: sudo modprobe ${module}`);
}

function room(title: string, free: number, enough: number): Finding {
  const saw = `${gibibytes(free)} free`;
  return free >= enough ? good(title, saw) : note(title, saw, `A run may want ${gibibytes(enough)}`);
}

/** What the facts mean for a run, and what an earlier run saw of this machine's KVM, in the order of reading. */
export function diagnose(
  found: readonly FoundPrerequisite[],
  facts: MachineFacts,
  preflight?: Preflight | undefined,
): Finding[] {
  const { cpu, cpus, cgroup, memoryMiB, diskMiB } = facts;
  return [
    good("Node", facts.node),
    ...found.map(({ id, found: { kind, saw } }): Finding => {
      const { title, why } = prerequisites[id];
      return kind === "ready" ? good(title, saw) : { state: "missing", title, saw, advice: `Needed because ${why}` };
    }),
    good("Processor", `${cpus} × ${cpu}${facts.virtualized ? ", of a virtual machine" : ""}`),
    kvm(facts, preflight),
    device(
      "vhost-vsock",
      "/dev/vhost-vsock",
      facts.vhostVsock,
      "vhost_vsock",
      "testbeds are VMs, which bring their own",
    ),
    device(
      "vhost-net",
      "/dev/vhost-net",
      facts.vhostNet,
      "vhost_net",
      "guests have no network device as Kata gives them",
    ),
    good("Kernel", `${facts.kernel}, cgroup v${cgroup}`),
    room("Memory", memoryMiB.available, enoughMemoryMiB),
    ...Object.entries(diskMiB).map(([what, free]) => room(`Disk, ${what}`, free, enoughDiskMiB)),
  ];
}
