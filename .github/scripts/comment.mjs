// Says what came out of a check on the pull request whose head is the commit that was checked, and nowhere else.
import { readFileSync } from "node:fs";
import { api } from "./gh.mjs";
import { mark } from "./submission-text.mjs";
import { BadInput, scriptEnds } from "./words.mjs";

const bot = "github-actions[bot]";

/** Of the event only what GitHub itself says is used; a branch may have any name. */
function numberOf(repository, { HEAD_SHA, HEAD_OWNER, HEAD_BRANCH }) {
  const head = encodeURIComponent(`${HEAD_OWNER}:${HEAD_BRANCH}`);
  const open = api(`repos/${repository}/pulls?state=open&per_page=100&head=${head}`);
  return open.find(pull => pull.head.sha === HEAD_SHA && pull.base.repo.full_name === repository)?.number;
}

function earlier(repository, number) {
  for (let page = 1; page <= 10; page += 1) {
    const comments = api(`repos/${repository}/issues/${number}/comments?per_page=100&page=${page}`);
    const own = comments.find(({ user, body }) => user?.login === bot && body.startsWith(mark));
    if (own !== undefined || comments.length < 100) return own;
  }
}

await scriptEnds(() => {
  const { GITHUB_REPOSITORY: repository = "", COMMENT = "submission/comment.md", HEAD_SHA = "" } = process.env;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new BadInput("GITHUB_REPOSITORY: no owner/name");
  if (!/^[0-9a-f]{40}$/.test(HEAD_SHA)) throw new BadInput("HEAD_SHA: no commit");
  const number = numberOf(repository, process.env);
  if (number === undefined) {
    console.log("No open pull request has this head any more: nothing is said");
    return 0;
  }
  const body = readFileSync(COMMENT, "utf8");
  if (!body.startsWith(mark)) throw new BadInput(`${COMMENT}: not what check-submission.mjs writes`);
  const before = earlier(repository, number);
  if (before) api(`repos/${repository}/issues/comments/${before.id}`, { method: "PATCH", body: { body } });
  else api(`repos/${repository}/issues/${number}/comments`, { method: "POST", body: { body } });
  console.log(`${before ? "Changed the" : "Wrote a"} comment on #${number}`);
  return 0;
});
