import type { Testbed } from "../model/testbed.ts";
import { hostLogStep, hostSteps } from "../requirements/steps/host.ts";
import { type Emit, observeStep } from "./seen.ts";

/**
 * What only the distro's own running kernel can tell: on a testbed that booted it, best after a guest has run there, for
 * then its log has what was denied to the stack under test.
 */
export async function observeHost({
  testbed,
  emit,
}: {
  readonly testbed: Testbed;
  readonly emit: Emit;
}): Promise<void> {
  for (const step of [...hostSteps, hostLogStep]) await observeStep(testbed, step, emit);
}
