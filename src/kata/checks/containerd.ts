import { type Check, error } from "../../model/check.ts";
import { provenanceCheck } from "../../requirements/checks/provenance.ts";
import { named } from "../additions.ts";

const provenance = provenanceCheck("containerd");

/** It annotates: what is proven is proven of the stack below it. Of a distro's own without its client nothing ran. */
export const containerd: Check = {
  ...provenance,
  judge: evidence => {
    const added = evidence.facts.additions?.find(({ name }) => name === "containerd");
    if (added === undefined) return provenance.judge(evidence);
    return error("containerd.not-packaged", undefined, `The harness added ${named([added])}`);
  },
};
