const MiB = 1024 * 1024;

/** What a bundle may be. That of a real run of one scenario has 0.2 MiB, unpacks to 2 MiB and has 130 files. */
export const limits = {
  /** Bytes of the file itself. */
  compressed: 16 * MiB,
  /** Bytes of the archive in it, */
  unpacked: 64 * MiB,
  /** and those that each byte of the file may make of it, once it has more than `small`. */
  ratio: 100,
  small: 4 * MiB,
  members: 4000,
  /** Bytes of one file in it. */
  file: 8 * MiB,
} as const;
