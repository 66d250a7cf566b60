import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fingerprint, helpFingerprint } from "./fingerprint.mjs";
import { lastBuild } from "./last-build.mjs";

/** What --help prints, as the last build said it; undefined where it may have changed since. */
export function helpText(root) {
  const last = lastBuild(root);
  return last?.help === helpFingerprint(root) ? last.text : undefined;
}

/**
 * The URL of a built entry (`main`, `prepare`), after dependencies were installed and the build was made where they are
 * missing or older than what they come from. Nearly always there is nothing to do, so nothing is loaded for it.
 * With `onlyHelp` that is what --help comes from. Throws NotReady.
 */
export async function ready(root, entry, onlyHelp = false) {
  const last = lastBuild(root);
  const isFresh =
    last !== undefined && (onlyHelp ? last.help === helpFingerprint(root) : last.fingerprint === fingerprint(root));
  const folder = isFresh ? last.folder : await (await import("./renew.mjs")).renew(root);
  return pathToFileURL(join(root, "dist", folder, `${entry}.js`)).href;
}
