import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const loose = ["package.json", "package-lock.json", "scripts/build.mjs"];

/** `readdirSync` with `recursive` stats each entry once more, which is most of what --help would take. */
function below(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? below(path) : [path];
  });
}

/** The files whose contents decide the build, relative to the project, in a fixed order. */
export function sources(root) {
  const inside = below(join(root, "src")).map(path => path.slice(join(root, "/").length));
  return [...loose, ...inside.sort()];
}

function trace(path) {
  const seen = statSync(path, { throwIfNoEntry: false });
  return seen === undefined ? "-" : `${seen.size} ${seen.mtimeMs}`;
}

/** Of a work tree beside the first one, `.git` is a file that names the folder. */
function gitFolder(root) {
  const path = join(root, ".git");
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  return resolve(root, /^gitdir: (.+)$/m.exec(readFileSync(path, "utf8"))?.[1] ?? ".git-is-elsewhere");
}

function marks(root, names) {
  const lines = names.map(name => `${name} ${trace(join(root, name))}`);
  // git appends to this file at every commit and check-out, wherever it keeps the refs.
  return [...lines, `commit ${trace(join(gitFolder(root), "logs/HEAD"))}`].join("\n");
}

/** Changes whenever the sources may have: sizes and times only, no file is read. */
export const fingerprint = root => marks(root, sources(root));

/** The same for what --help prints. Looking at each source would take longer than printing it. */
export const helpFingerprint = root => marks(root, [...loose, "src/commands/options.ts", "src/commands/program.ts"]);
