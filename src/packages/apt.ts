import type { Command } from "../model/command.ts";
import type { Package } from "../model/evidence.ts";
import type { AptRepository, Target } from "../model/target.ts";
import { ownerIn, readSearch } from "./apt-files.ts";
import { readAptPolicy, repositoryOf, updateOf } from "./apt-policy.ts";
import { diagnoseApt } from "./apt-trouble.ts";
import { compared } from "./compared.ts";
import type { PackageManager } from "./index.ts";
import { withoutSure } from "./sure.ts";

const minute = 60_000;

/** INITRD=No: Debian's kernel hook then makes no initramfs, of which the harness uses none. */
const env = { DEBIAN_FRONTEND: "noninteractive", INITRD: "No", LC_ALL: "C.UTF-8" };

const sh = (script: string, argv: readonly string[], timeoutMs: number): Command => ({
  argv: ["sh", "-c", script, "sh", ...argv],
  timeoutMs,
  env,
});

/**
 * Arguments: SUITE COMPONENTS PREFER, again and again. The address and key are those of the image's own release, asked
 * from apt because they may be written in either of two formats; `trixie-backports` is beside `trixie`.
 */
const addSuites = `set -eu
while [ $# -gt 0 ]; do
  suite=$1 components=$2 prefer=$3; shift 3
  beside=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI) $(SIGNED_BY)' 'Created-By: Packages' |
    while read -r release address key; do
      case $release in
        "$suite") echo present; break ;;
        "\${suite%%-*}") printf '%s %s\\n' "$address" "$key"; break ;;
      esac
    done)
  case $beside in
    present) ;;
    '') echo "no source of the image has \${suite%%-*}, beside which $suite would be" >&2; exit 1 ;;
    *)
      {
        printf 'Types: deb\\nURIs: %s\\nSuites: %s\\nComponents: %s\\n' "\${beside%% *}" "$suite" "$components"
        case \${beside#* } in /*) printf 'Signed-By: %s\\n' "\${beside#* }" ;; esac
      } > "/etc/apt/sources.list.d/kata-verify-$suite.sources" ;;
  esac
  if [ "$prefer" = yes ]; then
    printf 'Package: *\\nPin: release n=%s\\nPin-Priority: 990\\n\\nPackage: *\\nPin: release a=%s\\nPin-Priority: 990\\n' \\
      "$suite" "$suite" > "/etc/apt/preferences.d/kata-verify-$suite"
  fi
done`;

/** Each address becomes `repository-N:`, for a mirror's address is nobody's business; the `origin` lines only repeat it. */
const policyScript = `{ apt-cache policy; printf '\\036\\n'; [ $# -eq 0 ] || apt-cache policy -- "$@"; } | awk '
  $1 == "origin" { next }
  match($0, /[a-z][a-z0-9+.-]*:\\/[^ ]*/) {
    address = substr($0, RSTART, RLENGTH)
    if (!(address in number)) number[address] = ++last
    $0 = substr($0, 1, RSTART - 1) "repository-" number[address] ":" substr($0, RSTART + RLENGTH)
  }
  { print }'`;

const surelyThere = "/usr/bin/dpkg-query";

/**
 * Prints for each path U+001E, the path, and what dpkg knows of it, or of the file that it leads to: whoever put a link there
 * decides what runs. The database may know a file by its name before /bin, /lib and /sbin moved into /usr. Nothing of any path where
 * the database does not even know a file that is surely there: it then knows of none.
 */
const ownersScript = `dpkg-query --search -- ${surelyThere} >/dev/null && readlink -e -- / >/dev/null || exit
for path; do
  printf '\\036%s\\n' "$path"
  real=$(readlink -e -- "$path") || continue
  dpkg-query --search -- "$path" || dpkg-query --search -- "$real" || dpkg-query --search -- "\${real#/usr}"
done
true`;

/** Ends with what the comparison ended with: dpkg's code is 1 where any file differs, and a diversion may be of another one. */
const verifyScript = `dpkg --verify -- "$1"; code=$?
dpkg-query --listfiles -- "$1" | xargs -d '\\n' dpkg-divert --list || exit 2
exit "$code"`;

const suites = (target: Target): AptRepository[] =>
  target.repositories.filter((repository): repository is AptRepository => "suite" in repository);

const dpkgRow = ["db:Status-Status", "Package", "Version", "Architecture"]
  .map(field => `\${${field}}`)
  .join("\\t")
  .concat("\\n");

const get = ["apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-unsafe-io"] as const;

export const apt: PackageManager = {
  id: "apt",

  configure(target) {
    const wanted = suites(target).flatMap(({ suite, components, prefer }) => [
      suite,
      components.join(" "),
      prefer ? "yes" : "no",
    ]);
    return wanted.length === 0 ? null : sh(addSuites, wanted, minute);
  },

  refresh: () => ({
    argv: ["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"],
    timeoutMs: 10 * minute,
    env,
  }),

  policy: names => sh(policyScript, names, minute),
  readPolicy(seen, target) {
    const policy = readAptPolicy(seen.stdout, target.distro);
    return new Map(
      [...policy.packages].map(([name, { candidate, versions }]) => {
        const version = versions.find(one => one.version === candidate);
        return [name, { candidate, repository: repositoryOf(policy, version) }];
      }),
    );
  },

  install: names => ({
    argv: [...get, "--no-install-recommends", "install", "--", ...names],
    timeoutMs: 30 * minute,
    env,
  }),
  installFiles: paths => ({
    argv: [...get, "--no-install-recommends", "--reinstall", "--allow-downgrades", "install", "--", ...paths],
    timeoutMs: 30 * minute,
    env,
  }),

  namesIn: paths => sh('for file; do dpkg-deb --field "$file" Package || exit; done', paths, minute),
  readNamesIn: seen => seen.stdout.split("\n").filter(name => name !== ""),

  installed: () => ({
    argv: ["dpkg-query", "--show", `--showformat=${dpkgRow}`],
    timeoutMs: minute,
    env,
  }),
  readInstalled: seen =>
    seen.stdout.split("\n").flatMap((line): Package[] => {
      const [status, name, version, arch] = line.split("\t");
      if (status !== "installed" || name === undefined || version === undefined || arch === undefined) return [];
      return [{ name, version, arch, repository: null }];
    }),

  repositories: names => sh(policyScript, names, minute),
  readRepositories(seen, target) {
    const policy = readAptPolicy(seen.stdout, target.distro);
    return new Map(
      [...policy.packages].flatMap(([name, { versions }]) => {
        const version = versions.find(one => one.installed);
        return version === undefined ? [] : [[name, repositoryOf(policy, version)]];
      }),
    );
  },

  readUpdates(seen, target) {
    const policy = readAptPolicy(seen.stdout, target.distro);
    return new Map(
      [...policy.packages].flatMap(([name, stanza]) => {
        const update = updateOf(policy, stanza);
        return update === undefined ? [] : [[name, update]];
      }),
    );
  },
  update(name, { phased = false }) {
    const options = phased ? "-o APT::Get::Always-Include-Phased-Updates=true " : "";
    return `apt-get update && apt-get ${options}install --only-upgrade ${name}`;
  },

  find: patterns => ({ argv: ["dpkg-query", "--search", "--", ...patterns, surelyThere], timeoutMs: minute, env }),
  readFind: seen => withoutSure(readSearch(seen.stdout), surelyThere),

  owners: paths => sh(ownersScript, paths, minute),
  readOwners: seen =>
    new Map(
      seen.stdout
        .split("\u001e")
        .slice(1)
        .map(part => [part.slice(0, part.indexOf("\n")), ownerIn(part)]),
    ),

  verify: name => sh(verifyScript, [name], 2 * minute),
  readVerify(seen) {
    const lines = seen.stdout.split("\n");
    const changed = lines.flatMap(
      line => /^(?:missing|[?5.]{9}) +(?:[a-z] )? *(\/.*?)(?: \(.*\))?$/.exec(line)?.[1] ?? [],
    );
    const diverted = lines.flatMap(line => /^(?:local )?diversion of (\/.*) to \/.*$/.exec(line)?.[1] ?? []);
    return compared(seen, [...changed, ...diverted], changed.length > 0);
  },

  diagnose: diagnoseApt,
};
