import type { Check } from "../../model/check.ts";
import { provenanceCheck } from "../../requirements/checks/provenance.ts";

/** Asked only where Kata itself is the distro's. */
export const ownPackage: Check = provenanceCheck("kata");
