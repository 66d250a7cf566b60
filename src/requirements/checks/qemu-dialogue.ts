import { type Check, error, fail, type Judgement, pass } from "../../model/check.ts";
import type { Evidence } from "../../model/evidence.ts";
import { aioModes } from "../../vmms/qemu.ts";
import { names, reply } from "../../vmms/qemu-dialogue.ts";
import { type QmpRow, qmpCommands } from "../qmp-commands.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

function commandCheck(id: string, title: string, rows: readonly QmpRow[], gating: boolean): Check {
  const replied = (commands: readonly string[]) => ({
    steps: {
      "qemu.dialogue": said(`${JSON.stringify({ return: commands.map(name => ({ name })), id: "commands" })}\n`),
    },
  });
  return {
    id,
    tier: "contract",
    title,
    gating,
    needs: ["qemu.dialogue"],
    judge: evidence => {
      const seen = stepOf(evidence, "qemu.dialogue");
      const answer = reply(seen, "commands");
      if (answer.kind !== "return")
        return qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU did not list its commands");
      const had = names(answer);
      const missing = rows.filter(row => !had.has(row.command));
      return missing.length === 0
        ? pass(`${rows.length} of ${rows.length} commands`)
        : fail(
            "vmm.qmp-command-missing",
            `Missing: ${missing.map(row => row.command).join(", ")}`,
            missing.map(row => `${row.command}: ${row.feature ?? "every sandbox"} (${row.runtimes})`).join("\n"),
          );
    },
    examples: { pass: replied(rows.map(row => row.command)), fail: replied(["quit"]) },
  };
}

/** The build is the distro's; whether the kernel allows it is not, and neither is a file system without O_DIRECT. */
const leftOut = /does not accept value|is not supported in this build|invalid aio option/;

function aioJudgement(evidence: Evidence, mode: (typeof aioModes)[number]): Judgement {
  const seen = stepOf(evidence, "qemu.dialogue");
  const answer = reply(seen, `aio ${mode}`);
  if (answer.kind === "return") return pass(`A disk opened with aio=${mode}`);
  if (answer.kind === "none")
    return qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU did not answer blockdev-add");
  if (leftOut.test(answer.message))
    return fail("vmm.aio-unsupported", `aio=${mode} was left out of the build`, answer.message);
  return error("harness.not-observed", `aio=${mode} could not be tried here: ${answer.message}`);
}

function aioCheck(mode: (typeof aioModes)[number]): Check {
  const id = `aio ${mode}`;
  const refused = `{"id": "${id}", "error": {"class": "GenericError", "desc": "Parameter 'aio' does not accept value '${mode}'"}}\n`;
  return {
    id: `contract.qemu.aio-${mode.replace("_", "-")}`,
    tier: "contract",
    title: `Disks with aio=${mode}`,
    // The others are chosen in Kata's configuration, threads are what its own disks are opened with.
    gating: mode === "threads",
    needs: ["qemu.dialogue"],
    judge: evidence => aioJudgement(evidence, mode),
    examples: {
      pass: { steps: { "qemu.dialogue": said(`{"return": {}, "id": "${id}"}\n`) } },
      fail: { steps: { "qemu.dialogue": said(refused) } },
    },
  };
}

const vmdk: Check = {
  id: "contract.qemu.vmdk",
  tier: "contract",
  title: "The block driver of merged EROFS layers (vmdk)",
  gating: false,
  needs: ["qemu.dialogue"],
  judge: evidence => {
    const seen = stepOf(evidence, "qemu.dialogue");
    const answer = reply(seen, "vmdk");
    if (answer.kind === "none")
      return qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU did not answer blockdev-add");
    // What it was given is no VMDK image: saying so takes the driver.
    return answer.kind === "error" && /Unknown driver|does not accept value|not whitelisted/.test(answer.message)
      ? fail("vmm.object-missing", "The block driver vmdk was left out of the build", answer.message)
      : pass("The driver is there");
  },
  examples: {
    pass: { steps: { "qemu.dialogue": said('{"id": "vmdk", "error": {"desc": "invalid VMDK image descriptor"}}\n') } },
    fail: { steps: { "qemu.dialogue": said(`{"id": "vmdk", "error": {"desc": "Unknown driver 'vmdk'"}}\n`) } },
  },
};

const must = qmpCommands.filter(row => row.level === "must");
const feature = qmpCommands.filter(row => row.level === "feature");

export const qemuDialogueChecks: readonly Check[] = [
  commandCheck("contract.qemu.qmp-commands", "The QMP commands of every sandbox", must, true),
  commandCheck("contract.qemu.qmp-features", "The QMP commands of single features", feature, false),
  ...aioModes.map(aioCheck),
  vmdk,
];
