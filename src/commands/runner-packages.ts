import { type Machine, which } from "./machine.ts";
import { type PrerequisiteId, prerequisites, type RunnerManager, runnerManagers } from "./prerequisites.ts";

type Argv = readonly [string, ...string[]];

interface RunnerPackages {
  readonly program: string;
  /** Brings the package lists up to date, where installing does not do that itself. */
  readonly refresh?: Argv;
  install(names: readonly string[]): Argv;
}

// A machine that has just been started often runs its own updates: apt waits for them.
const apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300"] as const;

const tables: Readonly<Record<RunnerManager, RunnerPackages>> = {
  apt: {
    program: "apt-get",
    refresh: [...apt, "update"],
    install: names => ["env", "DEBIAN_FRONTEND=noninteractive", ...apt, "install", "-y", ...names],
  },
  dnf: { program: "dnf", install: names => ["dnf", "install", "-y", ...names] },
  zypper: { program: "zypper", install: names => ["zypper", "--non-interactive", "install", ...names] },
  pacman: { program: "pacman", install: names => ["pacman", "-S", "--needed", "--noconfirm", ...names] },
  apk: { program: "apk", refresh: ["apk", "update"], install: names => ["apk", "add", ...names] },
};

export interface Installation {
  readonly refresh?: Argv;
  readonly install: Argv;
  /** What this runner's package manager has no package of. */
  readonly unknown: readonly PrerequisiteId[];
}

/** How this runner installs the prerequisites; undefined where it has no package manager that is known, or no package of any. */
export function installation(machine: Machine, ids: readonly PrerequisiteId[]): Installation | undefined {
  const manager = runnerManagers.find(one => which(machine, tables[one].program) !== undefined);
  if (manager === undefined) return undefined;
  const { refresh, install } = tables[manager];
  const names = ids.flatMap(id => prerequisites[id].packages[manager] ?? []);
  if (names.length === 0) return undefined;
  const unknown = ids.filter(id => prerequisites[id].packages[manager] === undefined);
  return { ...(refresh && { refresh }), install: install(names), unknown };
}
