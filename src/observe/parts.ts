import type { Brought, Facts } from "../model/evidence.ts";
import { reason } from "../model/reason.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Target } from "../model/target.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import { packageManagers } from "../packages/index.ts";
import { withBrought } from "../requirements/built.ts";
import { cutShort } from "../requirements/cut-short.ts";
import { chosen, searched } from "../requirements/found.ts";
import { type Emit, observeStep, seen } from "./seen.ts";

export interface PartsOptions {
  readonly testbed: Testbed;
  readonly target: Target;
  readonly scenario: Scenario;
  readonly arch: Arch;
  /** Parts that the user built. */
  readonly brought?: readonly Brought[];
  readonly emit: Emit;
}

/**
 * Where each part of the stack under test is, by the package database, or where the user's own was put; the fact `paths`.
 * Absent: not shipped.
 */
export async function findParts(options: PartsOptions): Promise<NonNullable<Facts["paths"]>> {
  const { testbed, target, scenario, arch, emit } = options;
  const manager = packageManagers[target.packageManager];
  const command = manager.find(searched(target, scenario.vmm, arch));
  const step = { id: "provenance.find", command };
  const answer = seen(await observeStep(testbed, step, emit));
  const found = manager.readFind(answer);
  if (found === null) {
    const unreadable = reason("harness.output-unreadable", "The package database did not answer");
    emit({ kind: "stopped", stopped: { stage: "configure", reason: cutShort(step.id, answer) ?? unreadable } });
  }
  const paths = withBrought(chosen(found ?? [], target, scenario.vmm, arch), options.brought ?? []);
  emit({ kind: "fact", name: "paths", value: paths });
  return paths;
}
