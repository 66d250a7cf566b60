import type { Claim, Column, SeenPart } from "../model/matrix.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Run } from "./run.ts";

const partOf = { vmm: "vmm", guestKernel: "guestKernel", hostKernel: "hostKernel", kataPackage: "kata" } as const;

const kataKernel = "The guest runs Kata's own kernel: upstream testing only, not for production";

/** What a scenario asks of a distro is not the same for each. */
function apart(column: Column, scenario: Scenario | undefined): string | undefined {
  if (column === "guestKernel" && scenario?.guestKernel === "kata") return kataKernel;
  if (column === "kataPackage" && scenario?.kata !== "distro") return "Kata itself is from its own release";
  return undefined;
}

const unseen: Readonly<Record<Column, string>> = {
  vmm: "The distro's VMM was not seen to run",
  guestKernel: "The distro's kernel was not seen to run in the guest",
  hostKernel: "The distro's kernel did not run under the VMM",
  kataPackage: "The distro's own package of Kata was not seen to run",
};

function ofPart(column: Column, seen: SeenPart | undefined, claim: Claim, run: Run): Claim {
  if (run.told === "no" && run.blamed.includes(column)) return claim;
  if (seen === undefined) return { answer: "unknown", because: unseen[column] };
  const what = `${seen.name} ${seen.packageVersion ?? seen.version ?? ""}`.trim();
  if (!seen.shipped) return { answer: "unknown", because: `${what} is not from the distro's own repositories` };
  if (run.told === "no" && claim.answer === "no")
    return { answer: "unknown", because: `${what}: something else failed` };
  return { answer: claim.answer, because: `${what}: ${claim.because}` };
}

/** What a square says of each part of the distro. What did not run itself, or is not the distro's, gets no yes from what else did. */
export function columns(claim: Claim, run: Run | undefined, scenario: Scenario | undefined): Record<Column, Claim> {
  const one = (column: Column): Claim => {
    const because = apart(column, scenario);
    if (because !== undefined) return { answer: "not-applicable", because };
    return run === undefined ? claim : ofPart(column, run.parts[partOf[column]], claim, run);
  };
  return {
    vmm: one("vmm"),
    guestKernel: one("guestKernel"),
    hostKernel: one("hostKernel"),
    kataPackage: one("kataPackage"),
  };
}
