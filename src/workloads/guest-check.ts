import { because, type Check, type EvidencePart, type Judgement } from "../model/check.ts";
import { type Code, reason } from "../model/reason.ts";
import type { WorkloadId } from "../model/words.ts";
import { diagnoseQemu } from "../vmms/qemu-trouble.ts";
import { unseen } from "./looked.ts";
import { lines, marks, type Told } from "./marks.ts";
import { absence } from "./trouble.ts";
import type { Node } from "./workload.ts";

interface GuestCheck {
  readonly id: WorkloadId;
  readonly title: string;
  readonly modules: readonly string[];
  readonly nodes?: readonly Node[];
  /** The code where the guest is well and the proof is not there. */
  readonly code: Code;
  /** A judgement, or the clause that says what is not there. */
  readonly prove: (said: ReadonlyMap<string, string>, told: Told) => Judgement | string;
  readonly examples: { readonly pass: EvidencePart; readonly fail: EvidencePart };
}

/** Codes of the distro's own kernel on the testbed do not apply to a container, which has the runner's. */
function absentNode(told: Told, nodes: readonly Node[] = []): Judgement | undefined {
  const look = lines(told, "guest.testbed");
  for (const { path, absent, absentInVm } of nodes) {
    const opened = look.get(path);
    if (opened === undefined || opened === "ok") continue;
    return because(look.get("testbed") === "vm" ? absentInVm : absent, `${path} on the testbed: ${opened}`);
  }
  return undefined;
}

const pathsOf = (nodes: readonly Node[]) => nodes.map(({ path }) => path);

function refused(told: Told, id: WorkloadId): Judgement | undefined {
  const seen = told.steps[`guest.refused-${id}`];
  const why = seen && diagnoseQemu(seen);
  return why ? because(why.code, why.message, why.detail) : undefined;
}

/** The check of a workload. What is wrong with the guest as a whole, or with the testbed, is told apart from its own. */
export function guestCheck({ id, title, modules, nodes, code, prove, examples }: GuestCheck): Check {
  return {
    id: `guest.${id}`,
    tier: "guest",
    title,
    gating: true,
    needs: ["guest.vmm", "guest.marks"],
    judge: evidence => {
      const barred = absentNode(evidence, nodes) ?? refused(evidence, id);
      if (barred) return barred;
      const said = marks(evidence, id);
      const proof = prove(said, evidence);
      if (typeof proof !== "string") return proof;
      // Left out of the boot, where the look at the testbed did not come to its nodes.
      const looked = said.size === 0 && nodes !== undefined;
      const unknown = looked ? unseen(evidence, "guest.testbed", pathsOf(nodes)) : undefined;
      if (unknown) return unknown;
      const detail = [...said].map(([key, value]) => `${key}=${value}`).join("\n");
      return absence(evidence, id, modules, reason(code, proof, detail));
    },
    examples,
  };
}
