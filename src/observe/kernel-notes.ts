import { kernelNotes } from "../requirements/steps/kernel-notes.ts";
import type { ContractOptions } from "./contract.ts";
import { observeStep } from "./seen.ts";
import { reasonOf } from "./trouble.ts";

/**
 * Writes down the notes of the kernel in an image on the testbed, unpacked on a machine of the harness's own. What happens
 * to that machine keeps nothing else from being seen.
 */
export async function observeKernelNotes(
  { testbed, tools, emit, signal }: Pick<ContractOptions, "testbed" | "tools" | "emit" | "signal">,
  image: string,
): Promise<void> {
  const contents = await testbed.fetch(image);
  try {
    await using machine = await tools();
    await observeStep(machine, kernelNotes(contents), emit);
  } catch (error) {
    const why = reasonOf(error, signal);
    if (why === undefined) throw error;
    emit({ kind: "stopped", stopped: { stage: "exercise", tier: "contract", steps: "kernel.notes", reason: why } });
  }
}
