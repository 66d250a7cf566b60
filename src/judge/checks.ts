import { kataChecks } from "../kata/checks/index.ts";
import { ownPackage } from "../kata/checks/package.ts";
import type { Check } from "../model/check.ts";
import type { Scenario } from "../model/scenario.ts";
import { WorkloadId } from "../model/words.ts";
import { contractChecks } from "../requirements/index.ts";
import { containerWorkloads } from "../workloads/containers/index.ts";
import { guestChecks } from "../workloads/index.ts";

/** Nothing is asked of a kernel that is not under test. */
const asksDistroKernel = ({ id }: Check) => id.startsWith("contract.kernel.") || id === "contract.provenance.kernel";

/** The checks of a scenario, contract tier first. */
export const checksOf = ({ guestKernel, kata, workloads, containers }: Scenario): readonly Check[] => [
  ...contractChecks.filter(check => guestKernel === "distro" || !asksDistroKernel(check)),
  ...(workloads.length > 0 ? guestChecks(workloads) : []),
  ...kataChecks.filter(check => kata === "distro" || check !== ownPackage),
  ...containerWorkloads.filter(({ id }) => containers.includes(id)).map(({ check }) => check),
];

/** The ids of all checks that a scenario can have. */
export const checkIds: readonly string[] = [
  ...contractChecks,
  ...guestChecks(WorkloadId.options),
  ...kataChecks,
  ...containerWorkloads.map(({ check }) => check),
].map(({ id }) => id);
