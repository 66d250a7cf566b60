import { UsageError } from "../model/failure.ts";
import { advice } from "./advice.ts";
import type { Machine } from "./machine.ts";
import { asRoot, perform, type Say } from "./perform.ts";
import { type FoundPrerequisite, type PrerequisiteId, prerequisites } from "./prerequisites.ts";
import { elsewhere, probe } from "./probe.ts";
import { installation } from "./runner-packages.ts";
import { startEngine } from "./start-engine.ts";

export interface Preparation {
  readonly machine: Machine;
  readonly needs: readonly PrerequisiteId[];
  /** Whether to install and start what lacks without asking. */
  readonly setup: boolean;
  /** Asks the person at the terminal a yes-or-no question; absent where there is nobody. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
  readonly say: Say;
}

const isLacking = ({ found }: FoundPrerequisite): boolean => found.kind !== "ready";
const ofKind = (all: readonly FoundPrerequisite[], kind: FoundPrerequisite["found"]["kind"]) =>
  all.filter(({ found }) => found.kind === kind).map(({ id }) => id);

function described({ id, found }: FoundPrerequisite): string {
  const { title, why } = prerequisites[id];
  return `  ${title}: ${why}\n    ${found.saw}`;
}

function missing(machine: Machine, lacking: readonly FoundPrerequisite[], more: readonly string[] = []): UsageError {
  const message = `This machine lacks what a run needs\n${lacking.map(described).join("\n")}`;
  return new UsageError(message, [...advice(machine, lacking), ...more].join("\n"));
}

async function install(machine: Machine, ids: readonly PrerequisiteId[], say: Say): Promise<void> {
  const plan = installation(machine, ids);
  if (plan === undefined) return;
  // A package list that is not reached does not keep the others from being enough.
  if (plan.refresh) await perform(machine, asRoot(machine, plan.refresh), say);
  await perform(machine, asRoot(machine, plan.install), say);
}

/** Until the engine is restarted; membership of its group would count only after the next login, and for good. */
async function open(machine: Machine, socket: string, say: Say): Promise<void> {
  await perform(machine, asRoot(machine, ["chown", `${machine.user.id}`, socket]), say);
}

async function mend(machine: Machine, lacking: readonly FoundPrerequisite[], say: Say): Promise<void> {
  const absent = ofKind(lacking, "absent");
  if (absent.length > 0) await install(machine, absent, say);
  // The socket of an engine that was killed is still there, and another one's after it was started.
  for (const step of ["denied", "stopped", "denied"] as const) {
    const [engine] = await probe(machine, lacking.some(({ id }) => id === "engine") ? ["engine"] : []);
    if (engine?.found.kind !== step) continue;
    if (engine.found.kind === "denied") await open(machine, engine.found.socket, say);
    else if (elsewhere(machine) === undefined) await startEngine(machine, say);
  }
}

/**
 * Returns when everything that is needed is there. What lacks is installed and started where `setup` says so or the person
 * at the terminal does. Throws UsageError that names what lacks, why it is needed, and the command that installs it.
 */
export async function prepareRunner({ machine, needs, setup, ask, say }: Preparation): Promise<void> {
  const lacking = (await probe(machine, needs)).filter(isLacking);
  if (lacking.length === 0) return;
  const trouble = missing(machine, lacking, ["Or add --setup, and it is done for you"]);
  if (!setup && !(await ask?.(`${trouble.message}\n${trouble.hint}\nDo it now?`))) throw trouble;
  await mend(machine, lacking, say);
  const left = (await probe(machine, needs)).filter(isLacking);
  if (left.length > 0) throw missing(machine, left);
}
