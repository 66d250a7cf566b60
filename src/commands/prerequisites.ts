import type { Target } from "../model/target.ts";

/** The package managers that a runner may have; the ones of targets are another list. */
export const runnerManagers = ["apt", "dnf", "zypper", "pacman", "apk"] as const;
export type RunnerManager = (typeof runnerManagers)[number];

/** What runs need. */
export const prerequisiteIds = ["engine", "mmdebstrap", "flock"] as const;
/** What only the tests of this project need. */
export const testPrerequisiteIds = ["registry", "dpkg-deb", "chromium", "shellcheck", "go"] as const;
/** What distros call the browser. */
export const browsers = ["chromium", "chromium-browser"] as const;
export type PrerequisiteId = (typeof prerequisiteIds | typeof testPrerequisiteIds)[number];

export interface Prerequisite {
  readonly title: string;
  readonly why: string;
  /** Absent where the distro has no package of it. */
  readonly packages: Readonly<Partial<Record<RunnerManager, readonly string[]>>>;
}

/** What the runner itself must have; everything else comes from containers. */
export const prerequisites: Readonly<Record<PrerequisiteId, Prerequisite>> = {
  engine: {
    title: "Docker or Podman",
    why: "every root file system is made, and every tool of the harness runs, in a container",
    packages: { apt: ["docker.io"], dnf: ["podman"], zypper: ["docker"], pacman: ["docker"], apk: ["docker"] },
  },
  mmdebstrap: {
    title: "mmdebstrap",
    why: "it makes Debian's root file systems where the image registry does not answer",
    // mmdebstrap takes another release's keys from these packages: Ubuntu does not trust Debian's by itself.
    // A user who is not root needs newuidmap, which mmdebstrap's package only recommends.
    packages: {
      apt: ["mmdebstrap", "debian-archive-keyring", "uidmap"],
      dnf: ["mmdebstrap", "debian-keyring", "shadow-utils"],
    },
  },
  flock: {
    title: "flock",
    why: "runs at the same time share one cache, and the kernel frees this lock even when a run is killed",
    packages: {
      apt: ["util-linux"],
      dnf: ["util-linux-core"],
      zypper: ["util-linux"],
      pacman: ["util-linux"],
      apk: ["flock"],
    },
  },
  registry: {
    title: "docker-registry",
    why: "the tests pull images from a registry of their own, right ones and wrong ones",
    packages: { apt: ["docker-registry"], dnf: ["docker-distribution"] },
  },
  "dpkg-deb": {
    title: "dpkg-deb",
    why: "the tests break the stack under test with packages of their own",
    packages: { apt: ["dpkg"], dnf: ["dpkg"], zypper: ["dpkg"], pacman: ["dpkg"], apk: ["dpkg"] },
  },
  chromium: {
    title: "Chromium",
    why: "the tests open the pages of the matrix in a browser, without a screen",
    packages: {
      ...{ apt: ["chromium"], dnf: ["chromium"], zypper: ["chromium"] },
      ...{ pacman: ["chromium"], apk: ["chromium"] },
    },
  },
  shellcheck: {
    title: "ShellCheck",
    why: "the tests have it read the scripts that osinfo makes, and those of workflows",
    packages: {
      ...{ apt: ["shellcheck"], dnf: ["ShellCheck"], zypper: ["ShellCheck"] },
      ...{ pacman: ["shellcheck"], apk: ["shellcheck"] },
    },
  },
  go: {
    title: "Go",
    why: "the tests build actionlint with it, which reads the workflows",
    packages: { apt: ["golang-go"], dnf: ["golang"], zypper: ["go"], pacman: ["go"], apk: ["go"] },
  },
};

/** What verifying these targets needs: a bootstrap tool only where one of them names it. */
export function neededFor(targets: readonly Pick<Target, "bootstrap">[]): PrerequisiteId[] {
  return ["engine", "flock", ...new Set(targets.flatMap(({ bootstrap }) => bootstrap?.tool ?? []))];
}

/** How a prerequisite was found; `saw` is one line for people. */
export type Found =
  | { readonly kind: "ready"; readonly saw: string }
  /** Installed, and does not answer. */
  | { readonly kind: "stopped"; readonly saw: string }
  /** It answers, but not to this user. */
  | { readonly kind: "denied"; readonly saw: string; readonly socket: string }
  | { readonly kind: "absent"; readonly saw: string };

export interface FoundPrerequisite {
  readonly id: PrerequisiteId;
  readonly found: Found;
}
