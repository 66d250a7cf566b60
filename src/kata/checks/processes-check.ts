import { type EvidencePart, error, fail, type Judgement, pass } from "../../model/check.ts";
import type { Evidence } from "../../model/evidence.ts";
import { printed } from "../../workloads/example.ts";
import type { SandboxProcess } from "../processes.ts";
import { kataTrouble } from "../trouble.ts";

/** Why nothing of a sandbox was found that is not well; undefined where it is well, so that it should have been. */
export function notUp(evidence: Evidence): Judgement | undefined {
  const trouble = kataTrouble(evidence);
  if (!trouble && evidence.steps["kata.sandbox"] === undefined)
    return error("harness.not-observed", undefined, "not observed: kata.sandbox");
  return trouble
    ? error(trouble.code, `There was no sandbox to look at. ${trouble.message}`, trouble.detail)
    : undefined;
}

/** Whether every program that ran is the part that is under test. */
export function isUnderTest(
  evidence: Evidence,
  part: "vmm" | "virtiofsd",
  ran: readonly SandboxProcess[],
  proof: string,
): Judgement {
  const expected = evidence.facts.components?.[part]?.sha256;
  const other = ran.find(one => !one.same && (one.sha256 === "" || one.sha256 !== expected));
  if (other === undefined) return pass(proof);
  const asked = evidence.facts.paths?.[part] ?? `the distro's ${part}`;
  return fail("provenance.not-shipped", `${asked} was called and ${other.exe} ran`, `SHA-256 ${other.sha256}`);
}

/** Evidence of a sandbox that came up and of what was seen of its processes. */
export const upWith = (vmm: string, virtiofsd: string): EvidencePart => ({
  facts: {
    paths: { vmm: "/usr/bin/qemu-system-x86_64", virtiofsd: "/usr/libexec/virtiofsd" },
    acceleration: "kvm",
  },
  steps: {
    "kata.sandbox": printed(""),
    "kata.vmm": printed(`${vmm}looked\n`),
    "kata.virtiofsd": printed(`${virtiofsd}looked\n`),
  },
});
