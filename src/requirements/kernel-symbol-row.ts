import type { Code } from "../model/reason.ts";
import type { Arch } from "../model/words.ts";
import type { Requirement } from "./requirement.ts";

/** When the guest needs it: before Kata's agent can answer, at the start of a sandbox, of a container, or for a feature. */
export type NeededBy = "boot" | "sandbox" | "container" | "feature";

export interface SymbolRow extends Requirement {
  /** Stable: `K01`. */
  readonly id: string;
  /** Last part of the id of its check: `contract.kernel.<name>`. */
  readonly name: string;
  readonly title: string;
  readonly arches: readonly Arch[];
  /** Without `CONFIG_`; all of them must be set. */
  readonly all: readonly string[];
  /** Of each group, one alternative must be set completely. */
  readonly oneOf?: readonly (readonly string[])[];
  /** Recorded, and missed by nobody. */
  readonly also?: readonly string[];
  readonly neededBy: NeededBy;
  /** Whether a module will do: loaded by the initrd, or when it is asked for, or never. */
  readonly module: "initrd" | "on-demand" | "never";
  readonly gating: boolean;
  /** What does not work without it. */
  readonly means: string;
  /** The code of its absence. */
  readonly code: Code;
}

type Given = Pick<SymbolRow, "id" | "name" | "title" | "from" | "provenBy" | "all" | "means"> & Partial<SymbolRow>;

const both: readonly Arch[] = ["amd64", "arm64"];

/** Needed at boot on all architectures, as a module if an initrd loads it, and gating, unless said otherwise. */
export const symbolRow = (given: Given): SymbolRow => ({
  arches: both,
  neededBy: "boot",
  module: "initrd",
  gating: true,
  code: "guest.option-missing",
  ...given,
  from: given.from
    .split(" ")
    .map(file => `tools/packaging/kernel/configs/fragments/${file}`)
    .join(" "),
});

/** A row that only one feature needs. */
export const featureRow = (given: Given): SymbolRow =>
  symbolRow({ neededBy: "feature", module: "on-demand", gating: false, ...given });
