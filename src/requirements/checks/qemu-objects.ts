import { type Check, fail, pass, skip } from "../../model/check.ts";
import { names, reply } from "../../vmms/qemu-dialogue.ts";
import { readNames } from "../../vmms/qemu-help.ts";
import { type ObjectGroup, objects } from "../qemu-objects.ts";
import { properties } from "../qemu-properties.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

const helpSteps = ["qemu.object-help", "qemu.netdev-help", "qemu.chardev-help"];

function objectCheck(id: string, group: ObjectGroup, title: string, gating: boolean): Check {
  const rows = objects.filter(row => row.group === group);
  const used = helpSteps.filter(step => rows.some(row => step === `qemu.${row.option}-help`));
  const listing = (has: boolean) => ({
    steps: Object.fromEntries(
      used.map(step => {
        const listed = rows.filter(row => has && step === `qemu.${row.option}-help`).map(row => `  ${row.name}\n`);
        return [step, said(`Available:\n  other\n${listed.join("")}`)];
      }),
    ),
  });
  return {
    id,
    tier: "contract",
    title,
    gating,
    needs: used,
    judge: evidence => {
      const wanted = rows.filter(row => row.arches.includes(evidence.cell.arch));
      if (wanted.length === 0) return skip("catalog.other-arch");
      const trouble = used.map(step => qemuTrouble(stepOf(evidence, step))).find(one => one !== null);
      if (trouble) return trouble;
      const missing = wanted.filter(row => !readNames(stepOf(evidence, `qemu.${row.option}-help`)).has(row.name));
      return missing.length === 0
        ? pass(wanted.map(row => `-${row.option} ${row.name}`).join(" "))
        : fail("vmm.object-missing", `Not built in: ${missing.map(row => `-${row.option} ${row.name}`).join(", ")}`);
    },
    examples: { pass: listing(true), fail: listing(false) },
  };
}

const asked = [...new Set(properties.map(row => row.of))];

const propertyReplies = (leaveOut: string) =>
  said(
    asked
      .map(of => {
        const listed = properties.filter(row => row.of === of && row.property !== leaveOut);
        const value = listed.map(row => ({ name: row.property, type: "str" }));
        return `${JSON.stringify({ return: value, id: `properties ${of}` })}\n`;
      })
      .join(""),
  );

const propertyCheck: Check = {
  id: "contract.qemu.properties",
  tier: "contract",
  title: "The properties that Kata sets on devices and objects",
  gating: true,
  needs: ["qemu.dialogue"],
  judge: evidence => {
    const seen = stepOf(evidence, "qemu.dialogue");
    const trouble = qemuTrouble(seen);
    if (trouble) return trouble;
    const answers = asked.map(of => ({ of, answer: reply(seen, `properties ${of}`) }));
    const had = new Map(answers.map(({ of, answer }) => [of, names(answer)]));
    const missing = properties.filter(row => !had.get(row.of)?.has(row.property));
    const unknown = answers.flatMap(({ of, answer }) => (answer.kind === "error" ? [`${of}: ${answer.message}`] : []));
    return missing.length === 0
      ? pass(`${properties.length} of ${properties.length}, of ${asked.length} devices and objects`)
      : fail(
          "vmm.property-missing",
          `Missing: ${missing.map(row => `${row.of}.${row.property}`).join(", ")}`,
          unknown.join("\n"),
        );
  },
  examples: {
    pass: { steps: { "qemu.dialogue": propertyReplies("") } },
    fail: { steps: { "qemu.dialogue": propertyReplies("disable-modern") } },
  },
};

export const qemuObjectChecks: readonly Check[] = [
  objectCheck("contract.qemu.objects", "default", "The objects and back ends of every sandbox", true),
  objectCheck("contract.qemu.objects-confidential", "confidential", "The objects of confidential guests", false),
  propertyCheck,
];
