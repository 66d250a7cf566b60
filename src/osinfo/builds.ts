import type { Source } from "./source.ts";

/** How a part is built that a distro has not, or not capably. Each fact is in `sources`. */
export interface Build {
  readonly title: string;
  /** Of the part, by its own number. */
  readonly least: string;
  readonly whyLeast: string;
  readonly version: string;
  readonly documented: string;
  /** By the package manager, or for one target where its names differ. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** Command lines, run as any user; the folder `$BUILD` is empty at first. */
  readonly steps: readonly string[];
  /** The file that they leave, in `$BUILD`. */
  readonly made: string;
  readonly place: string;
  /** Kata's keys that name it. */
  readonly key: string;
  readonly sources: readonly Source[];
}

const virtiofsdNeeds = ["libcap-ng-dev", "libseccomp-dev", "gcc", "libc6-dev"];

export const builds = {
  virtiofsd: {
    title: "virtiofsd",
    least: "1.13.2",
    whyLeast: "the oldest that was seen to serve Kata here; Kata 4.1.0 itself is built with 1.14.0",
    version: "1.14.0",
    documented: "https://gitlab.com/virtio-fs/virtiofsd",
    dependencies: {
      apt: ["cargo", "rustc", ...virtiofsdNeeds],
      "debian-12": ["cargo-web", "rustc-web", ...virtiofsdNeeds],
      "debian-12-backports": ["cargo-web", "rustc-web", ...virtiofsdNeeds],
      dnf: ["cargo", "rust", "libcap-ng-devel", "libseccomp-devel", "gcc"],
    },
    steps: ['cargo install --locked --version 1.14.0 --root "$BUILD" virtiofsd'],
    made: "bin/virtiofsd",
    place: "/usr/local/libexec/virtiofsd",
    key: "virtio_fs_daemon",
    sources: [
      { fact: "libraries and their packages", from: "README.md of the crate virtiofsd 1.14.0" },
      { fact: "version", from: "versions.yaml of Kata 4.1.0" },
      { fact: "1.13.2 serves Kata", from: "test/replay/debian-13-kata" },
      {
        fact: "these steps were followed on Debian 12",
        from: "test/replay/debian-12-backports-built: with what they made, the guest tier passes",
      },
      {
        fact: "cargo-web and rustc-web in Debian 12",
        from: "apt-cache policy in bookworm on 2026-11-23: rustc 1.63, rustc-web 1.96; Kata asks for Rust 1.85.1",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Build>>;
export type Built = keyof typeof builds;
