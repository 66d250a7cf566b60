import type { Command, Seen } from "../model/command.ts";

/** What installing would do to one package of a machine that is in use. */
export interface Change {
  readonly name: string;
  readonly version: string;
  /** The version that is there now, where one is. */
  readonly from?: string | undefined;
}

export interface Changes {
  readonly installed: readonly Change[];
  /** What would have to go. */
  readonly removed: readonly string[];
}

const minute = 60_000;

/**
 * apt's own file that puts its indexes and archives into a folder, whose path has no quotes: those of the machine stay as they
 * are. apt reads it where APT_CONFIG names it.
 */
export const aptElsewhere = (folder: string): string =>
  `Dir::State::Lists "${folder}/lists";\nDir::Cache "${folder}/cache";\n`;

/** Those in it that apt does not make itself. */
export const aptFolders = ["lists/partial", "cache/archives/partial"];

const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
const sparing = ["--no-install-recommends", "install", "--"] as const;

/** Says what an installation would do, and does nothing. */
export const simulate = (names: readonly string[]): Command => ({
  argv: ["apt-get", "-q", "--simulate", ...sparing, ...names],
  timeoutMs: minute,
  env,
});

/** `Inst NAME [OLD] (NEW Debian:13.1/stable [amd64])`, `Remv NAME [OLD]`. */
export function readSimulation({ stdout }: Pick<Seen, "stdout">): Changes {
  const installed = [...stdout.matchAll(/^Inst (\S+) (?:\[(\S+)\] )?\((\S+) /gm)].map(
    ([, name = "", from, version = ""]): Change => ({ name, version, ...(from === undefined ? {} : { from }) }),
  );
  const removed = [...stdout.matchAll(/^Remv (\S+)/gm)].map(([, name = ""]) => name);
  return { installed, removed };
}

/**
 * Does what was said, in those very versions. Settings files that the user has made stay; nothing of how dpkg writes is made
 * less safe, and a kernel gets its initramfs, unlike in an image of ours.
 */
export const installChanges = (changes: readonly Change[]): Command => ({
  argv: [
    "apt-get",
    ...["-q", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"],
    ...["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"],
    ...sparing,
    ...changes.map(({ name, version }) => `${name}=${version}`),
  ],
  timeoutMs: 30 * minute,
  env,
});
