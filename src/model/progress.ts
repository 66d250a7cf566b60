import type { Ending } from "./command.ts";
import type { Standing } from "./verdict.ts";
import type { Stage } from "./words.ts";

/**
 * What a run is doing, told as it happens and one way: nothing reads an answer, and no verdict depends on it.
 * `cell` names the cell for people, e.g. `debian-13 qemu-distro-kernel`; the same cell always by the same name.
 */
export type Progress =
  /** What the cell does from now on: one short sentence, e.g. "installing 14 packages". */
  | { readonly kind: "doing"; readonly cell: string; readonly stage: Stage; readonly message: string }
  /** A step of the cell was observed. */
  | {
      readonly kind: "step";
      readonly cell: string;
      readonly step: string;
      readonly ending: Ending;
      readonly durationMs: number;
    }
  /** A line that a console of the cell printed, as it came. */
  | { readonly kind: "console"; readonly cell: string; readonly line: string }
  | { readonly kind: "ended"; readonly cell: string; readonly standing: Standing; readonly because: string }
  /** Something about the run as a whole: preflight, a pull, a sweep. */
  | { readonly kind: "said"; readonly message: string };

/** Takes progress; never throws, never waits. */
export type Tell = (progress: Progress) => void;
