import { usualRuntime } from "../../kata/shim-version.ts";
import { reason } from "../../model/reason.ts";
import type { Arch } from "../../model/words.ts";
import type { KataTree } from "../../observe/kata/tree.ts";
import type { Emit } from "../../observe/seen.ts";
import { counted } from "../release/counted.ts";
import { type Release, type ReleaseOptions, release } from "../release/release.ts";
import { Unfit } from "../release/unfit.ts";
import { Unprepared } from "../unprepared.ts";
import { kataContent } from "./content.ts";
import { givenKata } from "./given.ts";
import type { KataPins } from "./pins.ts";
import { type KataUse, treeOf } from "./tree.ts";

/** Kata's own binaries are brought, where they are not the distro's package. */
export type FetchedKata = { readonly source: "release" } | { readonly source: "path"; readonly path: string };

export interface KataOptions extends Omit<ReleaseOptions, "onRetry"> {
  readonly pins: KataPins;
  readonly emit: Emit;
}

const released: Pick<Release, "content" | "unavailable" | "mismatch" | "otherWays"> = {
  content: kataContent,
  unavailable: "kata.unavailable",
  mismatch: "kata.digest-mismatch",
  otherWays:
    "other ways: --kata PATH, with an unpacked /opt/kata or a tarball of it, or --kata distro, where the distro packages Kata itself",
};

/** The release that is pinned. Rejects with `Unprepared`. */
async function releasedKata(use: KataUse, arch: Arch, options: KataOptions): Promise<KataTree> {
  const { emit, pins } = options;
  const runtime = use.runtime ?? usualRuntime(pins.version);
  const onRetry = counted("kata.download", emit);
  const one = { ...released, ...pins, assets: pins.assets[runtime] };
  const { folder, vouched } = await release(one, arch, { ...options, onRetry });
  try {
    return await treeOf(folder, { ...use, runtime }, { source: "release", vouched }, options);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const why = reason("kata.unavailable", `Kata ${pins.version} cannot be used: ${error.message}`);
    throw new Unprepared("provision", why, { cause: error });
  }
}

/**
 * Kata's own binaries, from its release page or from what the user gave. Rejects with `Unprepared` where a release cannot be had, with
 * `UsageError` where what was given is none, with `TestbedGone`, or as the disk does.
 */
export const prepareKata = (choice: FetchedKata, use: KataUse, arch: Arch, options: KataOptions): Promise<KataTree> =>
  choice.source === "path" ? givenKata(choice.path, use, options) : releasedKata(use, arch, options);
