import { isSafeName, logs } from "../results/folders.ts";

/** At the root of a bundle, beside `verdict.json` and a folder for each architecture. */
export const manifestFile = "manifest.json";
export const signatureFile = "signature.dsse.json";

/** Contents by name: `amd64/qemu-distro-kernel/journal.ndjson`. */
export type Files = ReadonlyMap<string, Uint8Array>;

const deepest = `arch/scenario/${logs}/step.log`.split("/").length;

/** Whether a name is one that a run or we write: relative, no way out, nothing hidden, no deeper than logs are. */
export const isMemberName = (name: string): boolean => {
  const steps = name.split("/");
  return steps.length <= deepest && steps.every(isSafeName);
};
