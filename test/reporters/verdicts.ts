import type { Component } from "../../src/model/evidence.ts";
import { type Code, reason } from "../../src/model/reason.ts";
import type { CellVerdict, CheckVerdict, Verdict } from "../../src/model/verdict.ts";

export const checkVerdict = (id: string, part: Partial<CheckVerdict> = {}): CheckVerdict => ({
  id,
  tier: id.startsWith("guest.") ? "guest" : "contract",
  title: `The title of ${id}`,
  gating: true,
  outcome: "pass",
  proof: "seen",
  reason: null,
  durationMs: 812,
  knownIssue: null,
  ...part,
});

export const notPassed = (
  outcome: "fail" | "error" | "skip",
  id: string,
  code: Code,
  part: Partial<CheckVerdict> & { message?: string; detail?: string } = {},
): CheckVerdict => {
  const { message, detail, ...rest } = part;
  return checkVerdict(id, { outcome, proof: null, reason: reason(code, message, detail), ...rest });
};

export const qemu: Component = {
  name: "qemu",
  version: "10.0.13",
  path: "/usr/bin/qemu-system-x86_64",
  sha256: "0".repeat(64),
  package: {
    name: "qemu-system-x86",
    version: "1:10.0.13+ds-0+deb13u1",
    arch: "amd64",
    repository: { name: "Debian trixie/main", own: true },
  },
};

export const cellVerdict = (part: Partial<CellVerdict> = {}): CellVerdict => ({
  scenario: "qemu-distro-kernel",
  arch: "amd64",
  outcome: "pass",
  standing: "provisional",
  because: "All that ran passed, but KVM ran on an emulated CPU; no Kata workload ran",
  durationMs: 61_500,
  testbed: "vm",
  acceleration: "kvm-emulated",
  productionReady: true,
  tiers: { contract: "pass", guest: "pass" },
  components: { vmm: qemu },
  checks: [checkVerdict("contract.qemu.devices-core"), checkVerdict("guest.virtiofs")],
  notes: [],
  ...part,
});

export const verdict = (part: Partial<Verdict> = {}): Verdict => ({
  schemaVersion: 1,
  tool: { name: "kata-verify", version: "0.1.0", commit: "0123456" },
  target: "debian-13",
  startedAt: "2026-11-22T10:00:00.000Z",
  finishedAt: "2026-11-22T10:01:43.000Z",
  outcome: "pass",
  cells: [cellVerdict()],
  ...part,
});

/** One of everything that a verdict can say. */
export const everything: Verdict = verdict({
  outcome: "fail",
  cells: [
    cellVerdict(),
    cellVerdict({
      scenario: "qemu-other-kernel",
      outcome: "fail",
      standing: "unsupported",
      because: "guest.vsock: The guest did not answer over vsock",
      tiers: { contract: "pass", guest: "fail" },
      components: {
        vmm: qemu,
        virtiofsd: { ...qemu, name: "virtiofsd", version: null, path: "/opt/virtiofsd", package: null },
        guestKernel: {
          name: "linux",
          version: "6.12.117",
          path: "/boot/vmlinuz-6.12.117",
          sha256: null,
          package: {
            name: "linux-image-amd64",
            version: "6.12.117-1",
            arch: "amd64",
            repository: { name: "somewhere", own: false },
            candidate: true,
          },
        },
      },
      checks: [
        checkVerdict("contract.qemu.devices-core", { proof: "24 of 24 devices" }),
        notPassed("fail", "contract.qemu.aio", "vmm.aio-unsupported", { gating: false, message: "No io_uring" }),
        notPassed("fail", "guest.vsock", "guest.vsock", { detail: "socket: EAFNOSUPPORT\nmodprobe: not found" }),
        notPassed("fail", "guest.hotplug", "guest.hotplug", { knownIssue: "https://bugs.example.org/1" }),
        notPassed("error", "guest.network", "infra.no-tun", { message: "/dev/net/tun is not there" }),
      ],
      notes: ["image.unpinned: docker.io/library/debian:13 was sha256:abc"],
    }),
    cellVerdict({
      scenario: "firecracker-distro-kernel",
      outcome: "skip",
      standing: "not-applicable",
      because: "Debian 13 does not ship firecracker",
      testbed: null,
      acceleration: null,
      tiers: {},
      components: {},
      checks: [],
    }),
    cellVerdict({
      scenario: "lost",
      outcome: "error",
      standing: "inconclusive",
      because: "guest.console: The testbed died in the middle of a run",
      acceleration: null,
      tiers: { contract: "pass", guest: "error" },
      components: {},
      checks: [
        notPassed("error", "guest.console", "infra.testbed-gone"),
        notPassed("skip", "guest.x", "catalog.not-shipped"),
      ],
    }),
  ],
});
