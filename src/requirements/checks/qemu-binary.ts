import { type Check, error, fail, pass } from "../../model/check.ts";
import { reply } from "../../vmms/qemu-dialogue.ts";
import { readMachines, readVersion } from "../../vmms/qemu-help.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

const machines = { amd64: "q35", arm64: "virt" } as const;

/** `govmm requires qemu version 5.0 or later`: src/runtime/pkg/govmm/qemu/qmp.go. */
const oldestMajor = 5;

const kvmReplied = (present: boolean) =>
  said(`{"return": {"enabled": false, "present": ${present}}, "id": "kvm"}\n{"return": {}, "id": "quit"}\n`);

export const qemuBinaryChecks: readonly Check[] = [
  {
    id: "contract.qemu.runs",
    tier: "contract",
    title: "QEMU runs",
    gating: true,
    needs: ["qemu.version"],
    judge: evidence => {
      const seen = stepOf(evidence, "qemu.version");
      const version = readVersion(seen);
      if (version !== null) return pass(`It says that it is QEMU ${version}`);
      return (
        qemuTrouble(seen) ?? fail("vmm.not-running", "It does not say that it is QEMU", seen.stdout.slice(0, 2000))
      );
    },
    examples: {
      pass: { steps: { "qemu.version": said("QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)\n") } },
      fail: { steps: { "qemu.version": said("", "", 1) } },
    },
  },
  {
    id: "contract.qemu.version",
    tier: "contract",
    title: "QEMU is no older than Kata accepts",
    gating: true,
    needs: ["qemu.version"],
    judge: evidence => {
      const version = readVersion(stepOf(evidence, "qemu.version"));
      if (version === null) return error("harness.output-unreadable", "There is no version to compare");
      return Number.parseInt(version, 10) >= oldestMajor
        ? pass(`${version} is ${oldestMajor}.0 or later`)
        : fail("vmm.version-too-old", `QEMU ${version} is older than ${oldestMajor}.0`);
    },
    examples: {
      pass: { steps: { "qemu.version": said("QEMU emulator version 10.0.13\n") } },
      fail: { steps: { "qemu.version": said("QEMU emulator version 4.2.1\n") } },
    },
  },
  {
    id: "contract.qemu.machine",
    tier: "contract",
    title: "The machine type that Kata uses",
    gating: true,
    needs: ["qemu.machine-help"],
    judge: evidence => {
      const seen = stepOf(evidence, "qemu.machine-help");
      const wanted = machines[evidence.cell.arch];
      if (readMachines(seen).has(wanted)) return pass(`${wanted} is among its machine types`);
      return qemuTrouble(seen) ?? fail("vmm.machine-missing", `There is no machine type ${wanted}`);
    },
    examples: {
      pass: {
        steps: {
          "qemu.machine-help": said("Supported machines are:\nq35                  Standard PC (Q35 + ICH9, 2009)\n"),
        },
      },
      fail: { steps: { "qemu.machine-help": said("Supported machines are:\nmicrovm              microvm (i386)\n") } },
    },
  },
  {
    id: "contract.qemu.kvm",
    tier: "contract",
    title: "QEMU was built with KVM",
    gating: true,
    needs: ["qemu.dialogue"],
    judge: evidence => {
      const seen = stepOf(evidence, "qemu.dialogue");
      const answer = reply(seen, "kvm");
      if (answer.kind === "none") return qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU did not say");
      return answer.kind === "return" && (answer.value as { present?: unknown }).present === true
        ? pass("query-kvm says that KVM is present")
        : fail("vmm.option-rejected", "KVM was left out of the build");
    },
    examples: {
      pass: { steps: { "qemu.dialogue": kvmReplied(true) } },
      fail: { steps: { "qemu.dialogue": kvmReplied(false) } },
    },
  },
];
