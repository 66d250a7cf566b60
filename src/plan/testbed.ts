import type { Request } from "../model/cell.ts";
import type { Acceleration, Arch, TestbedKind } from "../model/words.ts";
import type { OsRelease } from "./this-machine.ts";

/** What is known of this runner before anything is opened. `untried`: nobody has booted a guest on it yet. */
export interface RunnerFacts {
  readonly kvm: "boots" | "unusable" | "absent" | "untried";
  readonly vhostVsock: boolean;
  readonly virtualized: boolean;
  /** Whether a VM of its KVM's gets a KVM of its own. */
  readonly nested: boolean;
  /** Whether it was an earlier run that saw this. */
  readonly remembered?: boolean;
  /** What its os-release says; absent where it has none. */
  readonly release?: OsRelease | undefined;
}

export interface TestbedChoice {
  readonly testbed: TestbedKind;
  readonly because: string;
  readonly expected: Acceleration;
}

const kvmSays: Record<RunnerFacts["kvm"], string> = {
  boots: "/dev/kvm boots a kernel here",
  unusable: "/dev/kvm opens here but boots no kernel",
  absent: "there is no /dev/kvm here",
  untried: "/dev/kvm was not tried yet",
};

/** What a testbed on this runner can give a guest: in a VM, KVM only where the runner's can be nested, which arm64's cannot. */
export function offered(testbed: TestbedKind, arch: Arch, { kvm, virtualized, nested }: RunnerFacts): Acceleration {
  const boots = kvm === "boots";
  if (testbed === "vm") return boots && nested && arch === "amd64" ? "kvm-nested" : "kvm-emulated";
  if (!boots) return "tcg";
  return virtualized ? "kvm-nested" : "kvm";
}

/**
 * Which testbed a cell gets. A container needs KVM that boots and vhost-vsock of the runner's own kernel; a VM brings its own;
 * this machine itself is never taken unasked.
 */
export function chooseTestbed(
  { testbed: asked, tier, arch }: Pick<Request, "testbed" | "tier" | "arch">,
  runner: RunnerFacts,
): TestbedChoice {
  const choose = (testbed: TestbedKind, because: string): TestbedChoice => ({
    testbed,
    because,
    expected: offered(testbed, arch, runner),
  });
  const says = `${kvmSays[runner.kvm]}${runner.remembered ? ", as an earlier run saw" : ""}`;
  if (asked === "local") return choose(asked, `${runner.release?.title}, which is this machine; ${says}`);
  if (asked !== "auto") return choose(asked, "asked for");
  if (tier === "contract") return choose("container", "the contract tier boots nothing");
  if (runner.kvm !== "boots") return choose("vm", says);
  return runner.vhostVsock
    ? choose("container", `${says}, and /dev/vhost-vsock is there`)
    : choose("vm", `${says}, but there is no /dev/vhost-vsock`);
}
