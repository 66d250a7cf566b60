import type { Tools } from "../../images/tools.ts";
import type { Acceleration, Arch } from "../../model/words.ts";
import type { Furnishing } from "../../observe/hands.ts";
import type { Engine } from "../engine.ts";

export interface VmOptions {
  readonly engine: Engine;
  readonly tools: Tools;
  /** The installed root file system. */
  readonly rootfs: { readonly imageId: string; readonly key: string };
  /** Of the distro's kernel in it, as `uname -r` will say. */
  readonly kernelRelease: string;
  readonly arch: Arch;
  /** Its memory; 4096 unless told. */
  readonly memoryMiB?: number;
  /** Done when it has booted, before it is saved. */
  readonly furnishing?: Furnishing | undefined;
  /** What it can give its guests, as the plan has it: KVM of its own nested in the runner's, or emulated with its processor. */
  readonly offered: Acceleration;
  /** Where disks and snapshots are kept. */
  readonly cache: string;
  /** Nothing that was kept before is used. */
  readonly fresh: boolean;
  /** Id of the run. */
  readonly run: string;
  /** `uid:gid` of the runner's user, which QEMU runs as. */
  readonly user: string;
  /** Told what is done, for people. */
  readonly tell: (message: string) => void;
  readonly onConsoleLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}
