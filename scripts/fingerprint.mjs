import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const loose = ["package.json", "package-lock.json", "scripts/build.mjs"];

/** The files whose contents decide the build, relative to the project, in a fixed order. */
export function sources(root) {
  const inside = readdirSync(join(root, "src"), { recursive: true }).filter(name => /\.\w+$/.test(name));
  return [...loose, ...inside.map(name => join("src", name)).sort()];
}

function trace(path) {
  const seen = statSync(path, { throwIfNoEntry: false });
  return seen === undefined ? "-" : `${seen.size} ${seen.mtimeMs}`;
}

/** Changes whenever the sources may have: sizes and times only, no file is read. */
export function fingerprint(root) {
  const lines = sources(root).map(name => `${name} ${trace(join(root, name))}`);
  // git appends to this file at every commit and check-out, wherever it keeps the refs.
  return [...lines, `commit ${trace(join(root, ".git/logs/HEAD"))}`].join("\n");
}
