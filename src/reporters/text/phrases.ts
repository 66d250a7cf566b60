import type { Component } from "../../model/evidence.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Blame } from "../../model/reason.ts";
import type { CellVerdict, CheckVerdict, Standing } from "../../model/verdict.ts";
import type { Acceleration, Part, TestbedKind } from "../../model/words.ts";

/** What a standing means. */
export const standings: Readonly<Record<Standing, string>> = {
  supported: "proven to work with what the distro ships",
  provisional: "nothing failed, but only a run of all tiers under real KVM makes it supported",
  unsupported: "something that Kata needs is proven missing or broken",
  inconclusive: "no verdict about the distro: something could not be told",
  "not-applicable": "there is nothing to test",
};

export const notForProduction = "With Kata's own guest kernel: upstream testing only, not for production";

export const outcomes: Readonly<Record<Outcome, string>> = {
  pass: "passed",
  fail: "failed",
  error: "could not tell",
  skip: "not applicable",
};

export const blames: Readonly<Record<Blame, string>> = {
  distro: "the distro",
  kata: "Kata Containers",
  runner: "the machine that this ran on, never the distro",
  harness: "kata-verify itself, never the distro",
  catalog: "the catalog's entry, never the distro",
};

export const parts: Readonly<Record<Part, string>> = {
  vmm: "VMM",
  virtiofsd: "virtiofsd",
  guestKernel: "guest kernel",
  hostKernel: "host kernel",
  kata: "Kata",
  containerd: "containerd",
};

export const testbeds: Readonly<Record<TestbedKind, string>> = {
  container: "a container on the runner's kernel",
  vm: "a VM that runs the distro's own kernel",
  local: "the machine that it ran on, with its own kernel",
};

export const accelerations: Readonly<Record<Acceleration, string>> = {
  kvm: "KVM on hardware",
  "kvm-nested": "KVM, nested in a virtual machine",
  "kvm-emulated": "KVM on an emulated CPU (proves function, not speed)",
  tcg: "no KVM, instructions emulated (proves function only)",
};

/** Where a component comes from: package, version and repository. */
export function origin({ package: owner, built }: Component): string {
  if (built) return "built by the user";
  if (owner === null) return "owned by no package";
  const from = owner.candidate
    ? "a candidate given by the user"
    : owner.repository === null
      ? "no repository that is known"
      : `${owner.repository.name}${owner.repository.own ? "" : ", which is not the distro's own"}`;
  return `${owner.name} ${owner.version} from ${from}`;
}

/** Whether a check that did not pass weighs on the standing: it gates, and is not a failure that is known. */
export const weighs = ({ gating, outcome, knownIssue }: CheckVerdict): boolean =>
  gating && (outcome === "error" || (outcome === "fail" && knownIssue === null));

/** Of a cell that is unsupported: the first check that weighs on it, failures before what could not be told; none where all is known. */
export const decisive = ({ checks }: CellVerdict): CheckVerdict | undefined =>
  checks.find(check => check.outcome === "fail" && weighs(check)) ?? checks.find(weighs);
