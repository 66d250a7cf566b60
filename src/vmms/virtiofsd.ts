/** What serves the shared folder: the daemon written in Rust, or QEMU's own in C, which QEMU 8.0 dropped. */
export type VirtiofsdKind = "rust" | "c";

export interface VirtiofsdIdentity {
  readonly kind: VirtiofsdKind;
  readonly version: string | null;
}

/**
 * From what `--version` says, or its first line: `virtiofsd 1.13.2`, `virtiofsd backend 1.1.0`; in C
 * `virtiofsd version 7.2.22 (…)`, and before QEMU 7 had that line, FUSE's version alone. Null where it is neither.
 */
export function identifyVirtiofsd(said: string): VirtiofsdIdentity | null {
  const rust = /^virtiofsd (?:backend )?(\d+\.\d+\S*)$/m.exec(said)?.[1];
  if (rust !== undefined) return { kind: "rust", version: rust };
  const c = /^(?:\S*\/)?virtiofsd version (\d\S*)/m.exec(said)?.[1];
  return c !== undefined || /^using FUSE kernel interface version \d/m.test(said)
    ? { kind: "c", version: c ?? null }
    : null;
}

/** As Kata starts it, but for the socket: Kata's Go runtime passes a descriptor, its Rust runtime a path. */
export function virtiofsdArguments(kind: VirtiofsdKind, socket: string, folder: string): readonly string[] {
  return kind === "rust"
    ? [
        ...["--socket-path", socket, "--shared-dir", folder, "--cache", "auto"],
        ...["--thread-pool-size=1", "--announce-submounts"],
      ]
    : [
        `--socket-path=${socket}`,
        ...["-o", `source=${folder}`, "-o", "cache=auto", "-o", "announce_submounts", "--thread-pool-size=1"],
      ];
}
