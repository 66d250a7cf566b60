import type { Acceleration, TestbedKind, Tier } from "../model/words.ts";
import type { OsRelease } from "./this-machine.ts";

/** What is known of this runner before anything is opened. `untried`: nobody has booted a guest on it yet. */
export interface RunnerFacts {
  readonly kvm: "boots" | "unusable" | "absent" | "untried";
  readonly vhostVsock: boolean;
  readonly virtualized: boolean;
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

/** Which testbed a cell gets. A container needs KVM that boots and vhost-vsock of the runner's own kernel; a VM brings its own; this machine itself is never taken unasked. */
export function chooseTestbed(asked: TestbedKind | "auto", tier: Tier, runner: RunnerFacts): TestbedChoice {
  const kvm: Acceleration = runner.virtualized ? "kvm-nested" : "kvm";
  const onRunner = runner.kvm === "boots" ? kvm : "tcg";
  const inVm = runner.kvm === "boots" ? "kvm-nested" : "kvm-emulated";
  const choose = (testbed: TestbedKind, because: string): TestbedChoice => ({
    testbed,
    because,
    expected: testbed === "vm" ? inVm : onRunner,
  });
  if (asked === "local")
    return choose(asked, `${runner.release?.title}, which is this machine; ${kvmSays[runner.kvm]}`);
  if (asked !== "auto") return choose(asked, "asked for");
  if (tier === "contract") return choose("container", "the contract tier boots nothing");
  if (runner.kvm !== "boots") return choose("vm", kvmSays[runner.kvm]);
  return runner.vhostVsock
    ? choose("container", `${kvmSays.boots} and /dev/vhost-vsock is there`)
    : choose("vm", `${kvmSays.boots}, but there is no /dev/vhost-vsock`);
}
