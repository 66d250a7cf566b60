import type { OsRelease } from "../model/osinfo.ts";
import type { Arch } from "../model/words.ts";

/** One word for a POSIX shell, whatever is in it. */
export const word = (text: string): string =>
  /^[A-Za-z0-9%+,./:=@_-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const installers: Readonly<Record<string, readonly string[]>> = {
  apt: ["apt-get", "install", "-y", "--no-install-recommends"],
  dnf: ["dnf", "install", "-y", "--setopt=install_weak_deps=False"],
};

/** Undefined where the package manager is not one of ours. */
export function installCommand({ packageManager, suites }: OsRelease, names: readonly string[]): string | undefined {
  const installer = installers[packageManager];
  if (installer === undefined) return undefined;
  const from = packageManager === "apt" ? suites.flatMap(suite => ["-t", suite]) : [];
  return [...installer, ...from, "--", ...names].map(word).join(" ");
}

const enabled = (suite: string): string[] => [
  `if ! apt-cache policy | grep -qF ${word(`n=${suite},`)}; then`,
  `  printf '%s\\n' ${word(`Enable the suite ${suite} first`)} >&2`,
  "  exit 1",
  "fi",
];

/** A script for a POSIX shell that installs what the release has of Kata's prerequisites; undefined where nothing is known. */
export function shellExport(release: OsRelease, arch: Arch): string | undefined {
  const packages = release.arches[arch]?.packages;
  if (packages === undefined) return undefined;
  const seen = release.arches[arch]?.parts ?? {};
  const virtiofsd = Object.keys(seen).length > 0 && seen.virtiofsd === undefined ? [] : packages.virtiofsd;
  const names = [...Object.values(packages.vmm).flat(), ...virtiofsd, ...packages.containerd].filter(
    name => name !== undefined,
  );
  const install = installCommand(release, [...new Set(names)].sort());
  if (install === undefined) return undefined;
  const apt = release.packageManager === "apt";
  return [
    "#!/bin/sh",
    "set -eu",
    'if [ "$(id -u)" -ne 0 ]; then',
    "  printf '%s\\n' 'Run this as root' >&2",
    "  exit 1",
    "fi",
    ...(apt ? ["apt-get update", ...release.suites.flatMap(enabled)] : []),
    install,
    "for module in vhost_vsock vhost_net; do",
    '  modprobe "$module"',
    "done",
    "if [ ! -c /dev/kvm ]; then",
    "  printf '%s\\n' 'There is no /dev/kvm: this machine has no KVM' >&2",
    "  exit 1",
    "fi",
    "",
  ].join("\n");
}
