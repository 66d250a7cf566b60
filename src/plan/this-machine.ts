import type { Request } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import type { Target } from "../model/target.ts";
import { type Arch, Arch as Arches } from "../model/words.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { assignments } from "./assignments.ts";

/** What the distro of a machine says of itself in os-release. */
export interface OsRelease {
  /** For people: `Debian GNU/Linux 13 (trixie)`. */
  readonly title: string;
  readonly id: string;
  /** Absent where the distro has none: Debian's testing and unstable. */
  readonly version?: string | undefined;
  /** Of the machine, where it is one that the catalog knows. */
  readonly arch?: Arch | undefined;
}

/** `arch` is as programs are told it, such as `amd64`. Undefined where the text names no distro. */
export function readOsRelease(text: string, arch: string): OsRelease | undefined {
  const said = assignments(text);
  const value = (name: string): string | undefined => oneLine(said.get(name) ?? "") || undefined;
  const id = value("ID");
  if (id === undefined) return undefined;
  const title = value("PRETTY_NAME") ?? value("NAME") ?? id;
  return { title, id, version: value("VERSION_ID"), arch: Arches.safeParse(arch).data };
}

/** Why a target cannot be tested on the machine itself; undefined where the machine is the target. */
function unlike(target: Target, arch: Arch, machine: OsRelease | undefined): string | undefined {
  if (machine === undefined) return "this machine has no os-release that names its distro";
  const says = `os-release says ${machine.title}`;
  if (machine.id !== target.distro) return `this machine is another distro: ${says}`;
  if (machine.version !== target.release) return `this machine is another release: ${says}`;
  if (machine.arch !== arch) return `this machine is ${machine.arch ?? "of an architecture that the catalog has not"}`;
  if (target.packageManager !== "apt")
    return `what ${target.packageManager} would install cannot be asked about beforehand, which is only done with apt`;
  return target.repositories.length === 0
    ? undefined
    : "it takes packages from repositories that would have to be added to this machine";
}

/** The targets that the machine is, of those that were named, or of all. Throws UsageError for any that it is not. */
export function targetsHere(
  { targets, arch }: Pick<Request, "targets" | "arch">,
  named: readonly Target[],
  all: readonly Target[],
  machine: OsRelease | undefined,
): readonly Target[] {
  const here = all.filter(target => unlike(target, arch, machine) === undefined);
  const hint =
    here.length > 0
      ? `What this machine is: ${here.map(({ id }) => id).join(", ")}. Others: --testbed container or --testbed vm`
      : "Nothing in the catalog is this machine; take --testbed container or --testbed vm";
  if (targets.length === 0 && here.length > 0) return here;
  for (const target of named) {
    const why = unlike(target, arch, machine);
    if (why !== undefined)
      throw new UsageError(`${target.title} cannot be tested on this machine itself: ${why}`, hint);
  }
  return named;
}
