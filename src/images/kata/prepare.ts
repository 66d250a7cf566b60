import { usualRuntime } from "../../kata/shim-version.ts";
import { reason } from "../../model/reason.ts";
import type { Arch } from "../../model/words.ts";
import type { KataTree } from "../../observe/kata/tree.ts";
import type { Emit } from "../../observe/seen.ts";
import { Unprepared } from "../unprepared.ts";
import { givenKata } from "./given.ts";
import { NotKata } from "./not-kata.ts";
import { type ReleaseOptions, release } from "./release.ts";
import { type KataUse, treeOf } from "./tree.ts";

/** Kata's own binaries are brought, where they are not the distro's package. */
export type FetchedKata = { readonly source: "release" } | { readonly source: "path"; readonly path: string };

export interface KataOptions extends Omit<ReleaseOptions, "onRetry"> {
  readonly emit: Emit;
}

/** The release that is pinned. Rejects with `Unprepared`. */
async function releasedKata(use: KataUse, arch: Arch, options: KataOptions): Promise<KataTree> {
  const { emit, pins } = options;
  let retries = 0;
  const onRetry = () => {
    retries += 1;
    emit({ kind: "fact", name: "retries", value: [{ what: "kata.download", count: retries }] });
  };
  const runtime = use.runtime ?? usualRuntime(pins.version);
  const { folder, vouched } = await release(runtime, arch, { ...options, onRetry });
  try {
    return await treeOf(folder, { ...use, runtime }, { source: "release", vouched }, options);
  } catch (error) {
    if (!(error instanceof NotKata)) throw error;
    throw new Unprepared(
      "provision",
      reason("kata.unavailable", `Kata ${pins.version} cannot be used: ${error.message}`),
      {
        cause: error,
      },
    );
  }
}

/**
 * Kata's own binaries, from its release page or from what the user gave. Rejects with `Unprepared` where a release cannot be had, with
 * `UsageError` where what was given is none, with `TestbedGone`, or as the disk does.
 */
export const prepareKata = (choice: FetchedKata, use: KataUse, arch: Arch, options: KataOptions): Promise<KataTree> =>
  choice.source === "path" ? givenKata(choice.path, use, options) : releasedKata(use, arch, options);
