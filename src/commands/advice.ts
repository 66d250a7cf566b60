import { type Machine, which } from "./machine.ts";
import { typed } from "./perform.ts";
import { type FoundPrerequisite, prerequisites } from "./prerequisites.ts";
import { elsewhere, engines } from "./probe.ts";
import { installation } from "./runner-packages.ts";
import { howToStart } from "./start-engine.ts";

const sudo = ({ user }: Machine): string[] => (user.id === 0 ? [] : ["sudo"]);

function toInstall(machine: Machine, lacking: readonly FoundPrerequisite[]): string[] {
  const absent = lacking.filter(({ found }) => found.kind === "absent").map(({ id }) => id);
  if (absent.length === 0) return [];
  const plan = installation(machine, absent);
  const unknown = plan === undefined ? absent : plan.unknown;
  const byHand = unknown.map(
    id => `This machine has no package manager that is known to have ${prerequisites[id].title}`,
  );
  return plan ? [`Install: ${typed([...sudo(machine), ...plan.install])}`, ...byHand] : byHand;
}

function toStart(machine: Machine): string[] {
  const host = elsewhere(machine);
  if (host !== undefined) return [`Start it where DOCKER_HOST says, ${host}, or unset DOCKER_HOST`];
  const engine = engines.find(program => which(machine, program) !== undefined);
  if (engine === undefined) return [];
  const { argv, root } = howToStart(engine, machine);
  return [`Start: ${typed([...(root ? sudo(machine) : []), ...argv])}`];
}

/** What a person would do about it, a line each. */
export function advice(machine: Machine, lacking: readonly FoundPrerequisite[]): string[] {
  const has = (kind: string) => lacking.some(({ found }) => found.kind === kind);
  const joining = typed([...sudo(machine), "usermod", "-aG", "docker", machine.user.name || `${machine.user.id}`]);
  return [
    ...toInstall(machine, lacking),
    ...(has("stopped") ? toStart(machine) : []),
    ...(has("denied") ? [`Let yourself in, and log in again: ${joining}`] : []),
  ];
}
