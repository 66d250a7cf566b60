import { createHash } from "node:crypto";

const attempts = 3;

async function answered(url, headers, fetch) {
  for (let left = attempts - 1; ; left -= 1)
    try {
      const answer = await fetch(url, { headers, redirect: "follow" });
      if (answer.status < 500 || left === 0) return answer;
      await answer.body?.cancel();
    } catch (error) {
      if (left === 0) throw new Error(`${url}: ${error.cause?.message ?? error.message}`);
    }
}

/** The answer of a server; rejects where it has none, or one that says no. */
export async function fetched(url, { fetch, headers = {} }) {
  const answer = await answered(url, headers, fetch);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/** GitHub's API, of which anonymous callers get sixty answers an hour. */
export async function fromGithub(path, { fetch, token }) {
  const headers = { accept: "application/vnd.github+json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  return await (await fetched(`https://api.github.com/${path}`, { fetch, headers })).json();
}

/** The digest of a file that was downloaded here and now, as 64 hexadecimal digits. */
export async function digestOf(url, { fetch }) {
  const { body } = await fetched(url, { fetch });
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}
