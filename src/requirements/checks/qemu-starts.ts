import { type Check, error, fail, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { reply } from "../../vmms/qemu-dialogue.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

const greeting = '{"QMP": {"version": {"qemu": {"micro": 13, "minor": 0, "major": 10}}}}\n';
const ended = '{"return": {}, "id": "quit"}\n';

const talked = (seen: Seen): boolean => reply(seen, "quit").kind === "return";

function startCheck(runtime: "go" | "rust", title: string, gating: boolean): Check {
  const step = `qemu.command-line-${runtime}`;
  const replies = ["status", "cpus", "memory", "hotpluggable"];
  const answers = replies.map(id => `{"return": [], "id": "${id}"}\n`).join("");
  return {
    id: `contract.${step}`,
    tier: "contract",
    title,
    gating,
    needs: [step],
    judge: evidence => {
      const seen = stepOf(evidence, step);
      if (!talked(seen)) return qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU ended without a word");
      // The machine of arm64 has no processors to plug in, and says so.
      const asked = evidence.cell.arch === "arm64" ? replies.slice(0, -1) : replies;
      const refused = asked.flatMap(id => {
        const answer = reply(seen, id);
        return answer.kind === "return" ? [] : [`${id}: ${answer.kind === "error" ? answer.message : "no answer"}`];
      });
      return refused.length === 0
        ? pass(
            `It starts, and answers what Kata asks first${evidence.facts.paths?.kernelImage ? "; the kernel loads" : ""}`,
          )
        : fail("vmm.qmp-command-missing", "It starts, and does not answer what Kata asks first", refused.join("\n"));
    },
    examples: {
      pass: { steps: { [step]: said(`${greeting}${answers}${ended}`) } },
      fail: {
        steps: {
          [step]: said("", "qemu-system-x86_64: -device nvdimm: 'nvdimm' is not a valid device model name\n", 1),
        },
      },
    },
  };
}

const plugStep = "qemu.command-line-rust";

const plugged: Check = {
  id: "contract.qemu.hotplug",
  tier: "contract",
  title: "A disk is taken where Kata plugs in volumes",
  gating: true,
  needs: [plugStep],
  judge: evidence => {
    const seen = stepOf(evidence, plugStep);
    for (const id of ["blockdev-add", "device_add"]) {
      const answer = reply(seen, id);
      if (answer.kind === "none")
        return qemuTrouble(seen) ?? error("harness.output-unreadable", `QEMU did not answer ${id}`);
      if (answer.kind === "error") return fail("vmm.option-rejected", `${id} was refused: ${answer.message}`);
    }
    return pass("blockdev-add and device_add were taken, before the guest's first instruction");
  },
  examples: {
    pass: { steps: { [plugStep]: said('{"return": {}, "id": "blockdev-add"}\n{"return": {}, "id": "device_add"}\n') } },
    fail: {
      steps: {
        [plugStep]: said(
          '{"return": {}, "id": "blockdev-add"}\n{"id": "device_add", "error": {"desc": "Bus \'rp0\' not found"}}\n',
        ),
      },
    },
  },
};

const sandbox: Check = {
  id: "contract.qemu.sandbox",
  tier: "contract",
  title: "QEMU's own seccomp sandbox, as Kata can ask for it",
  gating: false,
  needs: ["qemu.sandbox"],
  judge: evidence => {
    const seen = stepOf(evidence, "qemu.sandbox");
    if (talked(seen)) return pass("It starts in its sandbox");
    return /sandbox/.test(seen.stderr)
      ? fail("vmm.sandbox-unsupported", undefined, seen.stderr.slice(-2000))
      : (qemuTrouble(seen) ?? error("harness.output-unreadable", "QEMU ended without a word"));
  },
  examples: {
    pass: { steps: { "qemu.sandbox": said(`${greeting}${ended}`) } },
    fail: { steps: { "qemu.sandbox": said("", "qemu: -sandbox on: There is no option group 'sandbox'\n", 1) } },
  },
};

export const qemuStartChecks: readonly Check[] = [
  startCheck("rust", "QEMU takes the command line of Kata's Rust runtime", true),
  startCheck("go", "QEMU takes the command line of Kata's Go runtime", false),
  plugged,
  sandbox,
];
