import type { Testbed } from "../model/testbed.ts";
import { hostLogBeginStep, hostLogStep, hostSettingsStep, hostSteps } from "../requirements/steps/host.ts";
import { type Emit, observeStep } from "./seen.ts";

interface Asked {
  readonly testbed: Testbed;
  readonly emit: Emit;
}

/** Where the kernel log stands before anything of the run: what is before it is no doing of the stack under test. */
export const observeHostBefore = ({ testbed, emit }: Asked): Promise<unknown> =>
  observeStep(testbed, hostLogBeginStep, emit);

/**
 * What only the distro's own running kernel can tell: on a testbed that booted it, best after a guest has run there, for
 * then its log has what was denied to the stack under test.
 */
export async function observeHost({ testbed, emit }: Asked): Promise<void> {
  for (const steps of [hostSteps, [hostSettingsStep, hostLogStep]])
    await Promise.all(steps.map(step => observeStep(testbed, step, emit)));
}
