// Publishes the tag that was pushed: the sources with their digest; and moves vN to it, which is what `uses:` names.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, gh } from "./gh.mjs";
import { git } from "./git.mjs";
import { BadInput, scriptEnds } from "./words.mjs";

function versionOf(tag, folder) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) throw new BadInput(`TAG: ${JSON.stringify(tag)} is not vN.N.N`);
  if (tag !== `v${version}`) throw new BadInput(`TAG: ${tag} is pushed, and package.json says ${version}`);
  return version;
}

function archive(tag, version) {
  const file = `kata-verify-${version}.tar.gz`;
  git(["archive", "--format=tar.gz", `--prefix=kata-verify-${version}/`, `--output=${file}`, `refs/tags/${tag}`]);
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
  writeFileSync(`${file}.sha256`, `${digest}  ${file}\n`);
  return [file, `${file}.sha256`];
}

function moveMajor(repository, tag) {
  const sha = git(["rev-parse", `refs/tags/${tag}^{commit}`]);
  const name = tag.replace(/\..*/, "");
  const found = api(`repos/${repository}/git/matching-refs/tags/${name}`).some(
    ({ ref }) => ref === `refs/tags/${name}`,
  );
  if (found) api(`repos/${repository}/git/refs/tags/${name}`, { method: "PATCH", body: { sha, force: true } });
  else api(`repos/${repository}/git/refs`, { method: "POST", body: { ref: `refs/tags/${name}`, sha } });
  return name;
}

await scriptEnds(() => {
  const { GITHUB_REPOSITORY: repository = "", TAG = "" } = process.env;
  const version = versionOf(TAG, process.cwd());
  gh(["release", "create", TAG, "--verify-tag", "--generate-notes", "--title", TAG, ...archive(TAG, version)]);
  console.log(`${TAG} is published, and ${moveMajor(repository, TAG)} is ${TAG} now`);
  return 0;
});
