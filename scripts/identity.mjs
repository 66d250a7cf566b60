import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sources } from "./fingerprint.mjs";

/** Changes only when what is in the sources does. */
export function contents(root) {
  const hash = createHash("sha256");
  for (const name of sources(root))
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update("\0");
  return hash.digest("hex");
}

function git(root, ...argv) {
  // The checkout may belong to another user than the one who runs it (sudo); git wants a word on that.
  const seen = spawnSync("git", ["-c", "safe.directory=*", ...argv], { cwd: root, encoding: "utf8" });
  return seen.status === 0 ? seen.stdout.trim() : undefined;
}

/** What `git archive` has put into an archive of the project; a checkout has a pattern there. A repository around it is another one. */
function archived(root) {
  const text = readFileSync(join(root, "scripts", "archived-commit"), "utf8");
  return /^[0-9a-f]{40}$/m.exec(text)?.[0].slice(0, 12);
}

/** The commit that the sources are of, twelve digits; `-dirty` where they differ from it, `unknown` without git. */
export function commit(root) {
  const whole = archived(root);
  if (whole !== undefined) return whole;
  const head = git(root, "rev-parse", "--short=12", "HEAD");
  if (head === undefined) return "unknown";
  return git(root, "status", "--porcelain", "--", ...sources(root)) === "" ? head : `${head}-dirty`;
}
