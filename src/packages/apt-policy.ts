import type { Repository, Update } from "../model/evidence.ts";

/** A line of a version table: which index has the version. */
interface Version {
  readonly version: string;
  readonly installed: boolean;
  /** Given to a part of all machines, not to others yet. */
  readonly phased: boolean;
  readonly indexes: readonly string[];
}

interface Stanza {
  readonly candidate: string | null;
  readonly versions: readonly Version[];
}

/** What `apt-cache policy` says, addresses already replaced: repositories by index line, packages by name. */
export interface AptPolicy {
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly packages: ReadonlyMap<string, Stanza>;
}

const indexLine = /^\s+-?\d+ (\S.*)$/;
/** Ubuntu gives an update to some machines first, and says so behind the priority. */
const versionLine = /^ (\*\*\*| {3}) (\S+)(?: -?\d+)?( \(phased \d+%\))?$/;

/** Debian's backports say `Debian Backports`; Ubuntu's say `Ubuntu`. A PPA says `LP-PPA-…`. */
const isOwn = (origin: string, distro: string): boolean =>
  origin.toLowerCase() === distro || origin.toLowerCase().startsWith(`${distro} `);

function readRepository(release: string, distro: string): Repository | undefined {
  const says = new Map(
    release.split(",").map(pair => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
  const origin = says.get("o");
  const name = says.get("n") ?? says.get("a");
  if (origin === undefined || name === undefined) return undefined;
  return { name: `${origin} ${name}/${says.get("c") ?? ""}`, own: isOwn(origin, distro) };
}

function readRepositories(text: string, distro: string): Map<string, Repository> {
  const found = new Map<string, Repository>();
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const index = indexLine.exec(line)?.[1];
    const release = /^\s+release (.*)$/.exec(lines[at + 1] ?? "")?.[1];
    const repository = release === undefined ? undefined : readRepository(release, distro);
    if (index !== undefined && repository !== undefined) found.set(index, repository);
  }
  return found;
}

function readVersions(lines: readonly string[]): Version[] {
  const versions: (Omit<Version, "indexes"> & { indexes: string[] })[] = [];
  for (const line of lines) {
    const version = versionLine.exec(line);
    const index = indexLine.exec(line)?.[1];
    if (version) {
      const [, mark, name = "", phased] = version;
      versions.push({ version: name, installed: mark === "***", phased: phased !== undefined, indexes: [] });
    }
    if (!version && index !== undefined) versions.at(-1)?.indexes.push(index);
  }
  return versions;
}

function readPackages(text: string): Map<string, Stanza> {
  const stanzas = text.split(/^(?=\S)/m).filter(stanza => /^\S+:\n/.test(stanza));
  return new Map(
    stanzas.map(stanza => {
      const [head = "", ...lines] = stanza.split("\n");
      const candidate = /^ {2}Candidate: (.*)$/m.exec(stanza)?.[1];
      return [
        // A package of another architecture is called `name:arm64`.
        head.replace(/(?::[a-z0-9-]+)?:$/, ""),
        {
          candidate: candidate === undefined || candidate === "(none)" ? null : candidate,
          versions: readVersions(lines),
        },
      ];
    }),
  );
}

/** `text`: `apt-cache policy`, a line with only a record separator (U+001E), `apt-cache policy NAMES…`. */
export function readAptPolicy(text: string, distro: string): AptPolicy {
  const [all = "", named = ""] = text.split("\u001e\n");
  return { repositories: readRepositories(all, distro), packages: readPackages(named) };
}

/**
 * What an update would install from the distro's own repositories in the place of an older version, else what the distro gives to some
 * machines already. A version table has the newest version first, so nothing is compared here.
 */
export function updateOf(policy: AptPolicy, { candidate, versions }: Stanza): Update | undefined {
  const installed = versions.findIndex(one => one.installed);
  const newer = versions.slice(0, Math.max(0, installed));
  const offered = newer.find(({ version }) => version === candidate);
  const update = offered ?? newer.find(({ phased }) => phased);
  const repository = repositoryOf(policy, update);
  if (!update || !repository?.own) return undefined;
  return { version: update.version, repository, ...(offered ? {} : { phased: true }) };
}

/** The repository that has a version: the distro's own first, for a mirror or a local one may carry the same. */
export function repositoryOf(policy: AptPolicy, version: Version | undefined): Repository | null {
  const found = (version?.indexes ?? []).flatMap(index => policy.repositories.get(index) ?? []);
  return found.find(repository => repository.own) ?? found[0] ?? null;
}
