// Adds the verdicts of a run to the branch that has those of all runs. The branch is made of git's objects: no file of it is checked out.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { author, git, gitBytes } from "./git.mjs";
import { readVerdict, verdictPaths } from "./verdicts.mjs";
import { BadInput, ids, scriptEnds } from "./words.mjs";

const branch = "refs/heads/verdicts";

function placeOf(path, run) {
  const verdict = readVerdict(path);
  const day = /^\d{4}-\d{2}-\d{2}/.exec(verdict?.finishedAt ?? verdict?.startedAt ?? "")?.[0];
  if (day === undefined) throw new BadInput(`${path}: no verdict with a date`);
  // Two tries of one target are two verdicts; the same one again is the same file.
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
  return `runs/${day}/${run}/${ids("target", verdict.target).join()}-${digest}/verdict.json`;
}

function tip() {
  const [line] = git(["ls-remote", "origin", branch]).split("\n");
  const commit = line?.split("\t")[0];
  if (!commit) return undefined;
  git(["fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit]);
  return commit;
}

function commitOf(files, parent, run) {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-index-"));
  const env = { ...author, GIT_INDEX_FILE: join(folder, "index") };
  try {
    if (parent) git(["read-tree", parent], { env });
    for (const { path, place } of files) {
      const object = git(["hash-object", "-w", "--no-filters", "--", path]);
      git(["update-index", "--add", "--cacheinfo", `100644,${object},${place}`], { env });
    }
    const tree = git(["write-tree"], { env });
    if (parent && git(["rev-parse", `${parent}^{tree}`]) === tree) return undefined;
    const parents = parent ? ["-p", parent] : [];
    return gitBytes(["commit-tree", tree, ...parents], { env, input: `Keep the verdicts of run ${run}\n` })
      .toString()
      .trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await scriptEnds(() => {
  const { VERDICTS = "results", RUN = "" } = process.env;
  if (!/^[0-9]+$/.test(RUN)) throw new BadInput(`RUN: ${JSON.stringify(RUN)} is no number`);
  const files = verdictPaths(VERDICTS).map(path => ({ path, place: placeOf(path, RUN) }));
  const commit = commitOf(files, tip(), RUN);
  if (commit) git(["push", "--quiet", "origin", `${commit}:${branch}`]);
  console.log(`${files.length} verdicts, ${commit ? `kept as ${commit}` : "all kept before"}`);
  return 0;
});
