import type { PlannedCell } from "../model/cell.ts";
import type { Event, Facts } from "../model/evidence.ts";
import type { KeepableTestbed, Testbed } from "../model/testbed.ts";
import type { AdditionId, Tier } from "../model/words.ts";
import type { GuestImageParts } from "./guest/image.ts";
import type { Brought } from "./kata/additions.ts";
import type { KataTree } from "./kata/tree.ts";
import type { Emit } from "./seen.ts";

/** An installed root file system: the distro's packages, and what was seen while they were installed. */
export interface Rootfs {
  /** Image id on the container engine; of this machine's own root file system the key. */
  readonly imageId: string;
  /** Digest of everything that went in. */
  readonly key: string;
  readonly cached: boolean;
  /** Belong in the journal of every cell that uses it. */
  readonly events: readonly Event[];
}

/** The distro's root file system booted with its own kernel. */
export interface VmTestbed extends KeepableTestbed {
  readonly kind: "vm";
  readonly facts: Pick<Facts, "offered" | "snapshot" | "bootMs" | "retries">;
  /** The testbed's own console so far, capped. */
  console(): Promise<string>;
}

/**
 * What the kata tier needs on a testbed before its first container: done once, and part of what a VM's snapshot holds.
 * `key` names everything that goes in.
 */
export interface Furnishing {
  readonly key: string;
  /** Resolves to whether all of it is up: what is not may be so by chance, and is in no snapshot. */
  readonly furnish: (testbed: Testbed) => Promise<boolean>;
}

/** What a cell's effects go through; each testbed is the caller's to dispose of. */
export interface Hands {
  rootfs(cell: PlannedCell, emit: Emit): Promise<Rootfs>;
  /** `guest`: a VMM will run in it, so it gets the capabilities and devices for that. */
  container(rootfs: Rootfs, use: Tier): Promise<KeepableTestbed>;
  /** This machine itself, which has the packages already. */
  local(): Promise<KeepableTestbed>;
  /** Furnished before it is saved: a restored one is as it was then. */
  vm(rootfs: Rootfs, kernelRelease: string, furnishing?: Furnishing): Promise<VmTestbed>;
  /** Kata's own binaries, fetched or unpacked, where they are not the distro's package. Rejects with `Unprepared`, whose reason says what was tried. */
  kata(cell: PlannedCell, emit: Emit): Promise<KataTree>;
  /** An upstream release of what the distro has not, fetched. Rejects with `Unprepared`, whose reason says what was tried. */
  addition(name: AdditionId, cell: PlannedCell, emit: Emit): Promise<Brought>;
  /** A machine with the harness's own programs and nothing of the distro's. */
  tools(): Promise<Testbed>;
  /** Awaited before the testbed of a cell's last tier is disposed of, when all that can be seen was, whatever stopped it; never rejects. */
  beforeClose(testbed: KeepableTestbed): Promise<void>;
  /** The harness's own programs for the guest. */
  readonly guestParts: Pick<GuestImageParts, "busybox" | "standin" | "decompress" | "keep">;
}
