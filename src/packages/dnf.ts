import type { Command, Seen } from "../model/command.ts";
import type { Package, Repository } from "../model/evidence.ts";
import type { DnfRepository, Target } from "../model/target.ts";
import { compared } from "./compared.ts";
import { diagnoseDnf } from "./dnf-trouble.ts";
import type { PackageManager } from "./index.ts";
import { withoutSure } from "./sure.ts";

const minute = 60_000;
const env = { LC_ALL: "C.UTF-8" };

const sh = (script: string, argv: readonly string[], timeoutMs: number): Command => ({
  argv: ["sh", "-c", script, "sh", ...argv],
  timeoutMs,
  env,
});

/** Arguments: ID BASEURL, again and again. Enables the section of that id; a base URL, if any, replaces its metalink. */
const setRepositories = `set -eu
while [ $# -gt 0 ]; do
  id=$1 baseurl=$2; shift 2
  found=no
  for file in /etc/yum.repos.d/*.repo; do
    inside=no
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        "[$id]")
          inside=yes found=yes
          printf '%s\\nenabled=1\\n' "$line"
          [ -z "$baseurl" ] || printf 'baseurl=%s\\n' "$baseurl"
          continue ;;
        '['*) inside=no ;;
        enabled=*) [ $inside = no ] || continue ;;
        metalink=* | mirrorlist=* | baseurl=*) [ $inside = no ] || [ -z "$baseurl" ] || continue ;;
      esac
      printf '%s\\n' "$line"
    done < "$file" > "$file.kata-verify"
    cat "$file.kata-verify" > "$file"
    rm "$file.kata-verify"
  done
  [ $found = yes ] || { echo "no repository of the image has the id $id" >&2; exit 1; }
done`;

/** By the ids that the distros give their own; a copr is `copr:…`, a third party's anything else. */
const ownIds: Readonly<Record<string, RegExp>> = {
  fedora: /^(?:fedora|updates|updates-testing|rawhide|fedora-cisco-openh264)$/,
  centos: /^(?:baseos|appstream|crb|highavailability|extras-common)$/,
  rhel: /^(?:rhel-.*-rpms|ubi-.*-rpms)$/,
  almalinux: /^(?:baseos|appstream|crb|extras)$/,
  rocky: /^(?:baseos|appstream|crb|extras)$/,
};

/** `@id` is how dnf 4 names the repository that an installed package came from; a local file's is `@commandline`. */
function repository(id: string | undefined, distro: string): Repository | null {
  const name = id?.replace(/^@/, "") ?? "";
  if (/^(?:|<unknown>|commandline|System|@System|\(none\))$/i.test(name)) return null;
  return { name, own: ownIds[distro]?.test(name) ?? false };
}

const rows = (seen: Seen): string[][] =>
  seen.stdout
    .split("\n")
    .filter(line => line.includes("\t"))
    .map(line => line.split("\t"));

const byName = (a: Package, b: Package): number => (a.name < b.name ? -1 : Number(a.name > b.name));

const surelyThere = "/usr/bin/rpm";

const findScript = `rpm -qa --qf '[%{=NAME}\\t%{FILENAMES}\\n]' | grep -E -- "$1"`;

/**
 * Prints each path, a tab, and its package, or that of the file that it leads to: whoever put a link there decides what runs. Nothing
 * where the database does not even know a file that is surely there: it then knows of none.
 */
const ownersScript = `rpm -qf -- ${surelyThere} >/dev/null && readlink -e -- / >/dev/null || exit
for path; do
  owner() { [ -e "$path" ] && rpm -qf --qf '%{NAME}\\n' -- "$1"; }
  name=$(owner "$path") || name=$(owner "$(readlink -e -- "$path")") || name=
  printf '%s\\t%s\\n' "$path" "\${name%%
*}"
done`;

/** A pattern as an extended regular expression. */
const extended = (pattern: string): string => pattern.replace(/[.+?^$(){}|[\]\\]/g, "\\$&").replaceAll("*", ".*");

const format = "--qf=%{name}\\t%{evr}\\t%{repoid}\\n";
const installFlags = ["dnf", "-y", "--setopt=install_weak_deps=False", "--setopt=tsflags=nodocs"] as const;

/** dnf brings the dependencies, and does nothing where the same or a newer version is there; rpm then replaces it. */
const installFilesScript = `${installFlags.join(" ")} --allowerasing install "$@" &&
rpm --upgrade --replacepkgs --oldpackage -- "$@"`;

export const dnf: PackageManager = {
  id: "dnf",

  configure(target: Target) {
    const wanted = target.repositories
      .filter((one): one is DnfRepository => "id" in one)
      .flatMap(({ id, baseurl }) => [id, baseurl ?? ""]);
    return wanted.length === 0 ? null : sh(setRepositories, wanted, minute);
  },

  /** Fedora's dnf.conf skips repositories that do not answer, and still ends with 0. */
  refresh: () => ({
    argv: ["dnf", "-y", "--refresh", "--setopt=*.skip_if_unavailable=False", "makecache"],
    timeoutMs: 10 * minute,
    env,
  }),

  policy: names => ({
    argv: ["dnf", "-q", "repoquery", "--available", "--latest-limit=1", format, ...names],
    timeoutMs: 2 * minute,
    env,
  }),
  readPolicy: (seen, target) =>
    new Map(
      rows(seen).map(([name = "", evr = "", id]) => [
        name,
        { candidate: evr, repository: repository(id, target.distro) },
      ]),
    ),

  install: names => ({ argv: [...installFlags, "install", ...names], timeoutMs: 30 * minute, env }),
  installFiles: paths => sh(installFilesScript, paths, 30 * minute),

  namesIn: paths => ({ argv: ["rpm", "-qp", "--qf", "%{NAME}\\n", "--", ...paths], timeoutMs: minute, env }),
  readNamesIn: seen => seen.stdout.split("\n").filter(name => name !== ""),

  installed: () => ({
    argv: ["rpm", "-qa", "--qf", "%{NAME}\\t%{EVR}\\t%{ARCH}\\n"],
    timeoutMs: minute,
    env,
  }),
  readInstalled: seen =>
    rows(seen)
      .filter(([name]) => name !== "gpg-pubkey")
      .map(([name = "", version = "", arch = ""]): Package => ({ name, version, arch, repository: null }))
      .sort(byName),

  repositories: names => ({
    argv: ["dnf", "-q", "repoquery", "--installed", "--qf=%{name}\\t%{evr}\\t%{from_repo}\\n", ...names],
    timeoutMs: 2 * minute,
    env,
  }),
  readRepositories: (seen, target) =>
    new Map(rows(seen).map(([name = "", , id]) => [name, repository(id, target.distro)])),

  // rpm remembers where a version came from, so none that is behind loses its repository; `--testbed local` is apt's alone.
  readUpdates: () => new Map(),
  update: name => `dnf --refresh upgrade ${name}`,

  find: patterns => sh(findScript, [`\t(${[...patterns, surelyThere].map(extended).join("|")})$`], minute),
  readFind(seen) {
    const found = rows(seen).map(([name = "", path = ""]) => ({ path, packages: [name] }));
    return withoutSure(found, surelyThere);
  },

  owners: paths => sh(ownersScript, paths, minute),
  readOwners: seen => new Map(rows(seen).map(([path = "", name = ""]) => [path, name === "" ? null : name])),

  /** Times and owners are left to the container engine; what counts is that the bytes are the package's. */
  verify: name => ({ argv: ["rpm", "-V", "--nomtime", "--nouser", "--nogroup", name], timeoutMs: 2 * minute, env }),
  readVerify(seen) {
    const found = seen.stdout
      .split("\n")
      .flatMap(
        line => /^(?:missing|[SM5DLUGTP.?]{8,9}) +(?:[acdglmnr] )? *(\/\S.*?)(?: \(.*\))?$/.exec(line)?.[1] ?? [],
      );
    // rpm compares dependencies too, after the files.
    return compared(seen, found, found.length > 0 || /^Unsatisfied dependencies for /m.test(seen.stdout));
  },

  diagnose: diagnoseDnf,
};
