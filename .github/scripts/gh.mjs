import { execFileSync } from "node:child_process";

/** Runs GitHub's own client, which takes its token from GH_TOKEN, and returns what it printed. Throws where it fails. */
export const gh = (argv, input = "") =>
  execFileSync("gh", argv, {
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["pipe", "pipe", "inherit"],
  });

/** An answer of GitHub's API; a body is sent as JSON. */
export function api(path, { method = "GET", body } = {}) {
  const argv = ["api", "--method", method, path];
  const text = body === undefined ? gh(argv) : gh([...argv, "--input", "-"], JSON.stringify(body));
  return text === "" ? undefined : JSON.parse(text);
}
