import type { KataBinaries } from "../../model/evidence.ts";

/** A file that the kata tier brings, and its place on the testbed. */
export interface KataFile {
  readonly path: string;
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  readonly read: () => Promise<Uint8Array>;
}

/** A symbolic link to put beside them. */
export interface KataLink {
  readonly path: string;
  readonly target: string;
}

/** Kata's shim, configuration and guest image or initrd: all of a release that is used, and none of its VMMs. */
export interface KataTree {
  /** What becomes the fact `kata`. */
  readonly binaries: KataBinaries;
  readonly files: readonly KataFile[];
  readonly links: readonly KataLink[];
  /** Kata's own tool that prints the resolved configuration, on the testbed; absent where there is none. */
  readonly tool?: string;
}
