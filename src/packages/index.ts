import type { Command, Seen } from "../model/command.ts";
import type { Package, Repository, Update } from "../model/evidence.ts";
import type { Reason } from "../model/reason.ts";
import type { Target } from "../model/target.ts";
import type { PackageManagerId } from "../model/words.ts";
import { apt } from "./apt.ts";
import { dnf } from "./dnf.ts";

/** What the package manager would install, and from where. */
export interface Offer {
  /** Null where the name is known but nothing can be installed under it. */
  readonly candidate: string | null;
  /** Where the candidate comes from; one of the distro's own where several have the same version. */
  readonly repository: Repository | null;
}

/** A file of an installed package. */
export interface Owned {
  readonly path: string;
  readonly packages: readonly string[];
}

/**
 * A family of package managers: commands to run as root on a testbed, and readers of what they print.
 * Readers take whatever was printed and leave out what they cannot read; they never throw.
 */
export interface PackageManager {
  readonly id: PackageManagerId;
  /** Adds `target.repositories` to what the image has, before `refresh`; null where there is nothing to add. */
  configure(target: Target): Command | null;
  /** Fetches the indexes of all repositories; with warnings as errors, so that a stale index is never used silently. */
  refresh(): Command;
  policy(names: readonly string[]): Command;
  /** By package name; a name that no repository knows is absent. */
  readPolicy(seen: Seen, target: Target): ReadonlyMap<string, Offer>;
  /** Installs packages that `policy` knows, without recommended ones. Preferred repositories are settled by `configure`. */
  install(names: readonly string[]): Command;
  /** Installs local package files, whatever version is there before; dependencies come from the repositories. */
  installFiles(paths: readonly string[]): Command;
  /** The names of the packages that are in local package files. */
  namesIn(paths: readonly string[]): Command;
  readNamesIn(seen: Seen): string[];
  installed(): Command;
  /** All installed packages, sorted by name; `repository` is null until joined with `readRepositories`. */
  readInstalled(seen: Seen): Package[];
  /** Which repositories have the very version that is installed. */
  repositories(names: readonly string[]): Command;
  /** By package name; null where no repository has the installed version. */
  readRepositories(seen: Seen, target: Target): ReadonlyMap<string, Repository | null>;
  /** From what `repositories` prints, by package name: where the distro itself has a newer version than the installed one. */
  readUpdates(seen: Seen, target: Target): ReadonlyMap<string, Update>;
  /** What a user types to get it. */
  update(name: string, update: Update): string;
  /** Searches the files of all installed packages. In a pattern `*` stands for anything, slashes too. */
  find(patterns: readonly string[]): Command;
  /**
   * Absolute paths as the packages name them, each with every package that claims it. Null where the database did not
   * answer: it is asked for a file that it must have, because it fails alike when a pattern has no match.
   */
  readFind(seen: Seen): Owned[] | null;
  /** Which packages own the files that paths lead to, symbolic links followed. */
  owners(paths: readonly string[]): Command;
  /** By the path asked for: the package that put the file there (a diversion's, where one is in force), or null. */
  readOwners(seen: Seen): ReadonlyMap<string, string | null>;
  verify(name: string): Command;
  /** Paths of the package that are not as it installed them: changed, missing, or diverted. Null where that was not compared. */
  readVerify(seen: Seen): string[] | null;
  /** Why a `configure`, `refresh` or `install` failed; null where it did not, or where the text is unknown. */
  diagnose(seen: Seen): Reason | null;
}

export const packageManagers: Readonly<Record<PackageManagerId, PackageManager>> = { apt, dnf };
