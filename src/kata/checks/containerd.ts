import type { Check } from "../../model/check.ts";
import { provenanceCheck } from "../../requirements/checks/provenance.ts";

/** It annotates: what is proven is proven of the stack below it. */
export const containerd: Check = provenanceCheck("containerd");
