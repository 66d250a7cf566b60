import type { Column, SeenParts, Witness } from "../model/matrix.ts";
import type { Standing } from "../model/verdict.ts";
import type { Acceleration, Arch, TestbedKind, Tier } from "../model/words.ts";

/** Where a run's verdict lies. */
export interface Source {
  /** Below the results folder that was given. */
  readonly file: string;
  /** Which of the cells in it. */
  readonly cell: number;
  /** Which of the results folders, as they were given. */
  readonly results: number;
}

/** What one run says by itself; `unknown` is what could not tell. */
export type Told = "yes" | "provisional" | "no" | "unknown";

/** What the matrix keeps of one cell of one verdict. There may be hundreds of thousands. */
export interface Run {
  readonly target: string;
  readonly scenario: string;
  readonly arch: Arch;
  /** When it ended, or began where it has no end. */
  readonly at: string;
  readonly told: Told;
  readonly because: string;
  readonly standing: Standing;
  readonly acceleration: Acceleration | null;
  readonly testbed: TestbedKind | null;
  readonly witness: Witness;
  readonly passed: readonly Tier[];
  readonly failed: readonly Tier[];
  readonly parts: SeenParts;
  /** What the failures are about. */
  readonly blamed: readonly Column[];
  readonly kata: string | null;
  /** Of the first gating check that did not pass. */
  readonly code: string | null;
  /** Of the bugs that were known when it ran. */
  readonly knownIssues: readonly string[];
  /** Milliseconds from the start of the guest tier's VMM to the guest's power-off. */
  readonly guestMs: number | null;
  readonly source: Source;
}
