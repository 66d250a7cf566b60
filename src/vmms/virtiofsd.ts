/** What serves the shared folder: the daemon written in Rust, or QEMU's own in C, which QEMU 8.0 dropped. */
export type VirtiofsdKind = "rust" | "c";

/** By the first line of `--version`: `virtiofsd 1.13.2`, or `virtiofsd version 7.2.22 (Debian …)`. */
export const virtiofsdKind = (version: string): VirtiofsdKind =>
  /^(?:\S*\/)?virtiofsd version \d/.test(version) ? "c" : "rust";

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
