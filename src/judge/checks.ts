import type { Check } from "../model/check.ts";
import type { Scenario } from "../model/scenario.ts";
import { contractChecks } from "../requirements/index.ts";
import { guestChecks } from "../workloads/index.ts";

/** The checks of a scenario, contract tier first. */
export const checksOf = (scenario: Scenario): readonly Check[] => [
  ...contractChecks,
  ...guestChecks(scenario.workloads),
];
