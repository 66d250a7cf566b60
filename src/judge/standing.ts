import { named } from "../kata/additions.ts";
import type { Evidence } from "../model/evidence.ts";
import { type Outcome, worst } from "../model/outcome.ts";
import type { Scenario } from "../model/scenario.ts";
import type { CheckVerdict, Standing } from "../model/verdict.ts";
import { gatingContainers } from "../model/words.ts";
import { workloads } from "../workloads/index.ts";
import { candidates } from "./candidates.ts";

const emulated = {
  tcg: "the VMM ran without KVM, instructions emulated",
  "kvm-emulated": "KVM ran on an emulated CPU",
} as const;

const unproven = "nothing proves that this machine's processor is real, so that KVM on it counts as emulated";

/** What decides of the guest tier. */
const gatingGuest = Object.values(workloads).flatMap(({ id, check }) => (check.gating ? [id] : []));

/**
 * What decides and the scenario leaves out, by whatever name it goes. The guest tier is about the distro's kernel: a scenario with
 * Kata's own may have none of it, but not half of it.
 */
function leftOut({ guestKernel, workloads: guest, containers }: Scenario): string[] {
  const needsGuest = guestKernel === "distro" || guest.length > 0;
  return [
    ...gatingContainers.filter(id => !containers.includes(id)),
    ...(needsGuest ? gatingGuest.filter(id => !guest.includes(id)) : []),
  ];
}

/** What keeps a cell that passed from being `supported`, each a clause. */
function limits(evidence: Evidence): string[] {
  const { cell, facts, request } = evidence;
  const { acceleration } = facts;
  const found: string[] = [];
  if (acceleration === undefined && request.tier !== "contract") found.push("what ran the guest was not seen");
  if (acceleration === "kvm-emulated" && facts.preflight?.unproven && request.testbed !== "vm") found.push(unproven);
  else if (acceleration === "tcg" || acceleration === "kvm-emulated") found.push(emulated[acceleration]);
  if (request.tier === "contract") found.push("nothing was booted: only the contract tier was asked for");
  if (request.tier !== "kata") found.push("no Kata workload ran");
  if (request.testbed === "local") found.push("it ran on the machine of whoever says so");
  const { additions = [] } = facts;
  if (additions.length > 0)
    found.push(
      `${named(additions)} ${additions.length > 1 ? "are" : "is"} not the distro's: the harness added what it does not ship`,
    );
  if (candidates(evidence).length > 0) found.push("a package under test is a candidate, not shipped");
  const without = leftOut(cell.scenario);
  if (without.length > 0) found.push(`the scenario leaves out what decides: ${without.join(", ")}`);
  for (const { part } of facts.brought ?? []) found.push(`${part} was built by the user, not shipped`);
  return found;
}

/** The standing of a cell, and why, in one sentence. */
export function standing(
  evidence: Evidence,
  checks: readonly CheckVerdict[],
): { readonly outcome: Outcome; readonly standing: Standing; readonly because: string } {
  const gating = checks.filter(check => check.gating);
  const outcome = worst(gating.map(check => check.outcome));
  const first = gating.find(check => check.outcome === outcome);
  const why = `${first?.id ?? "no check"}: ${first?.reason?.message ?? "nothing was observed"}`;
  if (outcome === "fail") return { outcome, standing: "unsupported", because: why };
  if (outcome === "error") return { outcome, standing: "inconclusive", because: why };
  if (outcome === "skip") return { outcome, standing: "not-applicable", because: why };
  const limiting = limits(evidence);
  return limiting.length > 0
    ? { outcome, standing: "provisional", because: `All that ran passed, but ${limiting.join("; ")}` }
    : { outcome, standing: "supported", because: "Every gating check of every tier passed under KVM" };
}

/** The standing of a cell in which there is nothing to test. */
export function notApplicable(evidence: Evidence): ReturnType<typeof standing> {
  const because = evidence.stopped.find(stop => stop.reason.code === "catalog.not-shipped")?.reason.message;
  return { outcome: "skip", standing: "not-applicable", because: because ?? "Nothing to test" };
}
