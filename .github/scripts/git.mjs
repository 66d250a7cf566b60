import { execFileSync } from "node:child_process";

const most = 64 * 1024 * 1024;

/** Runs git with these arguments and returns what it printed, as bytes. Throws where it fails. */
export const gitBytes = (argv, { env, input } = {}) =>
  execFileSync("git", argv, {
    env: { ...process.env, ...env },
    input,
    maxBuffer: most,
    stdio: ["pipe", "pipe", "inherit"],
  });

/** The same as text, without the line feed at its end. */
export const git = (argv, options) => gitBytes(argv, options).toString("utf8").replace(/\n$/, "");

/** The names on a branch or tag that the commits of these workflows have. */
export const author = {
  ...{ GIT_AUTHOR_NAME: "github-actions[bot]", GIT_COMMITTER_NAME: "github-actions[bot]" },
  GIT_AUTHOR_EMAIL: "41898282+github-actions[bot]@users.noreply.github.com",
  GIT_COMMITTER_EMAIL: "41898282+github-actions[bot]@users.noreply.github.com",
};
