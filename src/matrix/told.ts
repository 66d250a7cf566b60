import type { Witness } from "../model/matrix.ts";
import type { CellVerdict } from "../model/verdict.ts";
import type { Told } from "./run.ts";

interface Saying {
  readonly told: Told;
  readonly because: string;
}

const unknown = (because: string): Saying => ({ told: "unknown", because });

const isHardware = ({ acceleration }: CellVerdict): boolean => acceleration === "kvm" || acceleration === "kvm-nested";

/** Every part that ran was shipped, but Kata's own, which no distro ships, and the guest's kernel where that is Kata's too. */
function allShipped({ components, productionReady }: CellVerdict): boolean {
  const needed = productionReady ? [components.vmm, components.guestKernel] : [components.vmm];
  const distros = [...needed, ...[components.virtiofsd, components.hostKernel].filter(part => part !== undefined)];
  const foreign = Object.values(components).some(part => part?.package?.repository?.own === false);
  return distros.every(part => part?.package?.repository?.own === true) && !foreign;
}

/** A part, or a package beside the parts, was put in the place of what the distro ships: neither its pass nor its failure is the distro's. */
export const isTrial = ({ candidates = [], components, checks }: CellVerdict): boolean =>
  candidates.length > 0 ||
  Object.values(components).some(part => part?.package?.candidate) ||
  checks.some(({ reason }) => reason?.code === "provenance.candidate" || reason?.code === "provenance.built");

/** What keeps a run that passed from being a yes, in a clause; undefined where nothing does. */
export function shortOfYes(cell: CellVerdict, witness: Witness, ended: boolean): string | undefined {
  const { standing, testbed, tiers } = cell;
  if (witness !== "runners" || testbed === "local") return "it was not our own runners that saw it";
  if (standing !== "supported") return "the run itself calls it provisional";
  if (!isHardware(cell)) return "no KVM on real hardware was seen";
  if (tiers.contract !== "pass" || tiers.kata !== "pass") return "not every tier ran";
  if (!allShipped(cell)) return "not every part that ran is one that the distro ships";
  return ended ? undefined : "the run has no end";
}

/** What a run says by itself. A verdict that contradicts itself says nothing. */
export function told(cell: CellVerdict, witness: Witness, ended: boolean): Saying {
  const { standing, because } = cell;
  if (isTrial(cell))
    return unknown("A candidate, or a part that its user built, was tried in place of what is shipped");
  const gating = cell.checks.filter(check => check.gating);
  const failed = gating.some(check => check.outcome === "fail");
  if (standing === "inconclusive" || standing === "not-applicable") return unknown(because);
  if (standing === "unsupported") return failed ? { told: "no", because } : unknown("It names no check that failed");
  const outcomes = [...gating.map(check => check.outcome), ...Object.values(cell.tiers)];
  if (failed || outcomes.includes("fail")) return unknown("It says that it passed, and has a check that failed");
  if (outcomes.includes("error")) return unknown("It says that it passed, and has a check that could not tell");
  if (!gating.some(check => check.outcome === "pass")) return unknown("It names no check that passed");
  const short = shortOfYes(cell, witness, ended);
  if (short === undefined) return { told: "yes", because };
  return { told: "provisional", because: standing === "provisional" ? because : `All that ran passed, but ${short}` };
}
