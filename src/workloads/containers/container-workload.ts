import type { Lane } from "../../kata/lane.ts";
import type { Check } from "../../model/check.ts";
import type { Step } from "../../model/command.ts";
import type { ContainerWorkloadId } from "../../model/words.ts";

/**
 * Something that containers do: the same commands under runc first, the control, then under Kata. The sandbox is up when
 * its steps run, in the order of the table, one after the other; ids of steps are `LANE.ID` or `LANE.ID-…`.
 */
export interface ContainerWorkload {
  readonly id: ContainerWorkloadId;
  /** Of Kata's own smoke set. */
  readonly letter: string;
  readonly title: string;
  /** Run before the sandbox is started, with the lane's setting made. */
  readonly before?: (lane: Lane) => readonly Step[];
  readonly steps: (lane: Lane) => readonly Step[];
  /** Reads `control.…` and `kata.…` steps: where the control did not do it either, nothing is told (`control.failed`). */
  readonly check: Check;
}
