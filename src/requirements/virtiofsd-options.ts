import type { Requirement } from "./requirement.ts";

export interface VirtiofsdOption extends Requirement {
  readonly option: string;
}

const go = "src/runtime/virtcontainers/virtiofsd.go args";
const rust = "src/runtime-rs/crates/resource/src/share_fs/share_virtio_fs_standalone.rs setup_virtiofsd";
const provenBy = "contract.virtiofsd.arguments-go";

/** Options that Kata passes by default, Go (with `--fd`) or Rust (with `--socket-path`). */
export const options: readonly VirtiofsdOption[] = [
  { option: "--syslog", from: go, provenBy },
  { option: "--cache", from: go, provenBy },
  { option: "--shared-dir", from: go, provenBy },
  { option: "--fd", from: go, provenBy },
  { option: "--thread-pool-size", from: "src/runtime/Makefile DEFVIRTIOFSEXTRAARGS", provenBy },
  { option: "--announce-submounts", from: "src/runtime/Makefile DEFVIRTIOFSEXTRAARGS", provenBy },
  { option: "--socket-path", from: rust, provenBy: "contract.virtiofsd.arguments-rust" },
];

/** Values of `virtio_fs_cache`. */
export const cacheModes = ["auto", "always", "never", "metadata"] as const;

/** The Rust runtime waits for it on standard error, with no time-out. */
export const readinessLine = "Waiting for vhost-user socket connection";

export const goArguments = (folder: string): string[] => [
  "--syslog",
  "--cache=auto",
  `--shared-dir=${folder}`,
  "--fd=3",
  "--thread-pool-size=1",
  "--announce-submounts",
];

export const rustArguments = (folder: string, socket: string): string[] => [
  ...["--socket-path", socket, "--shared-dir", folder, "--cache", "auto"],
  ...["--thread-pool-size=1", "-o", "announce_submounts"],
];

/**
 * Linux capabilities that virtiofsd wants when root starts it with a sandbox that only changes its root: what files it
 * serves need, those that it drops the rest with, and DAC_READ_SEARCH, of which 1.14 makes file handles by default.
 */
export const virtiofsdCapabilities = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SETGID", "SETPCAP"],
  ...["SETUID", "SYS_CHROOT"],
] as const;
