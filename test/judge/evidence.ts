import type { Check } from "../../src/model/check.ts";
import { because, fail, pass } from "../../src/model/check.ts";
import type { Seen } from "../../src/model/command.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import { Scenario } from "../../src/model/scenario.ts";
import { Target } from "../../src/model/target.ts";
import { gatingContainers, WorkloadId } from "../../src/model/words.ts";

export const target: Target = Target.parse({
  id: "debian-13",
  title: "Debian 13",
  distro: "debian",
  release: "13",
  arches: ["amd64"],
  packageManager: "apt",
  image: { reference: "docker.io/library/debian:13" },
  packages: {
    vmm: { qemu: { amd64: ["qemu-system-x86"] } },
    virtiofsd: ["virtiofsd"],
    kernel: { amd64: ["linux-image-amd64"] },
  },
  sources: [{ fact: "all", from: "a test" }],
});

export const scenario: Scenario = Scenario.parse({
  id: "qemu-distro-kernel",
  title: "QEMU and the distro's kernel",
  vmm: "qemu",
  guestKernel: "distro",
  workloads: ["console"],
});

/** One that leaves out nothing that decides, as `supported` asks for. */
export const wholeScenario: Scenario = {
  ...scenario,
  workloads: [...WorkloadId.options],
  containers: [...gatingContainers],
};

export const exited = (stdout = "", code = 0): Seen => ({
  argv: ["true"],
  ending: { kind: "exited", code },
  stdout,
  stderr: "",
  durationMs: 10,
});

export const evidence = (part: Partial<Evidence> = {}): Evidence => ({
  schemaVersion: 1,
  tool: { name: "kata-verify", version: "0.0.0", commit: "test" },
  cell: { target, scenario, arch: "amd64" },
  request: { tier: "guest", testbed: "vm", because: "a test", requireKvm: false },
  startedAt: "2026-11-22T10:00:00.000Z",
  finishedAt: "2026-11-22T10:01:00.000Z",
  facts: { acceleration: "kvm-nested" },
  steps: {},
  stopped: [],
  notes: [],
  ...part,
});

/** Passes when its one step says "yes". */
export const check = (id: string, part: Partial<Check> = {}): Check => ({
  id,
  tier: "guest",
  title: id,
  gating: true,
  needs: [id],
  judge: seen => (seen.steps[id]?.stdout === "yes" ? pass("said yes") : fail("guest.vsock")),
  examples: { pass: {}, fail: {} },
  ...part,
});

export const blamesRunner = (id: string): Check => check(id, { judge: () => because("infra.slow") });
