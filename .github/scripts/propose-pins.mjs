// Makes a branch and a pull request of a patch that another job made, and starts the workflows that a token's own pull request does not.
import { readFileSync } from "node:fs";
import { api, gh } from "./gh.mjs";
import { author, git } from "./git.mjs";
import { BadInput, scriptEnds } from "./words.mjs";

const branch = "pins/update";
const title = "Renew the pins";

const isPin = path => /^(images\/[a-z0-9.-]+|kata\/pins|containerd\/pins)\.json$/.test(path);

/** The patch may change pins and nothing else: it makes, removes and renames no file. */
function mustBeOfPins(patch) {
  const paths = git(["apply", "--numstat", "-z", patch])
    .split("\0")
    .filter(line => line !== "")
    .map(line => line.split("\t")[2] ?? "");
  const others = paths.filter(path => !isPin(path));
  const made = git(["apply", "--summary", patch]);
  if (others.length > 0 || made !== "")
    throw new BadInput(`${patch}: changes more than pins: ${others.join(", ")}${made}`);
}

/** One pull request at a time: the branch is that of the open one, if there is one. */
function open(repository, said) {
  const [owner] = repository.split("/");
  const [found] = api(`repos/${repository}/pulls?state=open&head=${owner}:${branch}`);
  if (found) api(`repos/${repository}/pulls/${found.number}`, { method: "PATCH", body: said });
  else api(`repos/${repository}/pulls`, { method: "POST", body: { ...said, head: branch } });
}

await scriptEnds(() => {
  const { GITHUB_REPOSITORY: repository = "", PATCH = "pins.patch", BODY = "pins.md", BASE = "main" } = process.env;
  if (readFileSync(PATCH, "utf8").trim() === "") {
    console.log("Every pin is what its source has");
    return 0;
  }
  mustBeOfPins(PATCH);
  const since = git(["rev-parse", "HEAD"]);
  git(["apply", "--index", PATCH]);
  git(["commit", "--quiet", "-m", title], { env: author });
  git(["push", "--quiet", "--force", "origin", `HEAD:refs/heads/${branch}`]);
  open(repository, { title, body: readFileSync(BODY, "utf8"), base: BASE });
  gh(["workflow", "run", "ci.yml", "--ref", branch]);
  gh(["workflow", "run", "verify.yml", "--ref", branch, "-f", `since=${since}`]);
  return 0;
});
