import type { OsRelease } from "../model/osinfo.ts";
import type { Arch } from "../model/words.ts";
import type { OsRelease as Machine } from "../plan/this-machine.ts";

/** What the database has of a release on an architecture, and what it has not. */
export interface Known {
  readonly id: string;
  readonly title: string;
  readonly known: readonly string[];
  readonly unknown: readonly string[];
}

const parts = ["vmm", "virtiofsd", "guestKernel", "hostKernel", "containerd"] as const;
const abilities = ["virtio-fs", "9p", "aio-threads", "aio-native", "aio-io_uring", "io_uring-allowed"] as const;

/** Each fact as `name: what is known of it`, or its name alone. */
export function knownOf(release: OsRelease, arch: Arch | undefined): Known {
  const own = arch && release.arches[arch];
  const rows: (readonly [string, string | undefined])[] = [
    ["package manager", release.packageManager],
    ["end of life", release.endOfLife],
    ...parts.map(part => {
      const seen = own?.parts[part];
      return [part, seen && `${seen.path}, ${seen.package} ${seen.packageVersion} (${seen.at}, ${seen.link})`] as const;
    }),
    ...abilities.map(name => {
      const told = own?.abilities[name];
      return [name, told && `${told.answer} (${told.at}, ${told.link})`] as const;
    }),
    ["kernel flavours", release.kernels.map(one => one.package).join(" ") || undefined],
    ["firmware", release.firmware.map(one => one.path).join(" ") || undefined],
    [
      "the distro's own Kata",
      release.kata && (release.kata.ships ? `yes ${release.kata.version ?? ""}` : "none").trim(),
    ],
  ];
  return {
    ...{ id: release.id, title: release.title },
    known: rows.flatMap(([name, what]) => (what === undefined ? [] : [`${name}: ${what}`])),
    unknown: rows.flatMap(([name, what]) => (what === undefined ? [name] : [])),
  };
}

/**
 * The releases that a machine is of, by its os-release; with and without further suites. Debian's testing and unstable say the same of
 * themselves, code name and all: a machine that names no version is `unsure` to be of one or the other.
 */
export function releasesOf(
  machine: Machine,
  releases: readonly OsRelease[],
): { readonly found: readonly OsRelease[]; readonly unsure: boolean } {
  const found = releases.filter(({ distro, release }) => distro === machine.id && release === machine.version);
  return { found, unsure: machine.version === undefined && found.length > 1 };
}

export const knownText = ({ id, title, known, unknown }: Known): string =>
  [`${title} (${id})`, ...known.map(one => `  ${one}`), `  unknown: ${unknown.join(", ") || "nothing"}`, ""].join("\n");
