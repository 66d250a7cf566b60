import type { Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";
import type { Acceleration, Arch, KataRuntime, TestbedKind, Tier } from "./words.ts";

/** One square of the matrix. */
export interface Cell {
  readonly target: Target;
  readonly scenario: Scenario;
  readonly arch: Arch;
}

/** What the user asked for, parsed. */
export interface Request {
  readonly targets: readonly string[];
  readonly scenarios: readonly string[];
  readonly arch: Arch;
  readonly tier: Tier;
  readonly testbed: TestbedKind | "auto";
  readonly requireKvm: boolean;
  /** Kata's release, the distro's own package, or the path of a folder or tarball. */
  readonly kata: KataChoice;
  /** Asked for; else the one that Kata's own default names. */
  readonly runtime?: KataRuntime;
  /** What containers do: what decides, or also what annotates. */
  readonly workloads: "gating" | "all";
  /** Whether package files of the user's are installed on top. */
  readonly candidates?: boolean;
}

export type KataChoice =
  | { readonly source: "release" }
  | { readonly source: "distro" }
  | { readonly source: "path"; readonly path: string };

/** A cell with the decisions that the plan made for it, or the reason why there is nothing to run. */
export interface PlannedCell extends Cell {
  readonly tier: Tier;
  readonly testbed: TestbedKind;
  /** Why this testbed, in a sentence. */
  readonly because: string;
  /** Expected from the runner's facts; what is published is what was seen. */
  readonly expected: Acceleration;
  readonly kata: KataChoice;
  readonly runtime?: KataRuntime;
  /** The title of what the distro does not ship: the cell is `not-applicable`. */
  readonly notApplicable?: string;
}
