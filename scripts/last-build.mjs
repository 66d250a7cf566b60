import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the last build left: its folder under dist/, the commit that it was made from, and fingerprints. */
export function lastBuild(root) {
  try {
    const last = JSON.parse(readFileSync(join(root, "dist", "build.json"), "utf8"));
    return existsSync(join(root, "dist", last.folder, "main.js")) ? last : undefined;
  } catch {
    return undefined;
  }
}
