import { createHash } from "node:crypto";
import { fetched } from "./fetched.mjs";

const indexes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** Docker's own name of its registry is not that of the host. */
const hosts = { "docker.io": "registry-1.docker.io" };

function parts(reference) {
  const found = /^(?<registry>[^/]+)\/(?<repository>.+):(?<tag>[^:/]+)$/.exec(reference);
  if (!found) throw new Error(`${reference}: not registry/repository:tag`);
  return found.groups;
}

/** The token that the registry's refusal says where to get. */
async function tokenFor(answer, fetch) {
  const asked = answer.headers.get("www-authenticate") ?? "";
  const { realm, service, scope } = Object.fromEntries(
    [...asked.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  if (!realm?.startsWith("https://")) throw new Error(`asks for credentials in another way: ${asked}`);
  const url = `${realm}?${new URLSearchParams({ service: service ?? "", scope: scope ?? "" })}`;
  const { token, access_token } = await (await fetched(url, { fetch })).json();
  return token ?? access_token;
}

async function index(reference, fetch) {
  const { registry, repository, tag } = parts(reference);
  const url = `https://${hosts[registry] ?? registry}/v2/${repository}/manifests/${tag}`;
  const headers = { accept: indexes.join(", ") };
  const first = await fetch(url, { headers });
  if (first.status !== 401) return first.ok ? first : Promise.reject(new Error(`${reference}: ${first.status}`));
  const authorization = `Bearer ${await tokenFor(first, fetch)}`;
  return await fetched(url, { fetch, headers: { ...headers, authorization } });
}

/** The digest that a tag has now for each of these architectures; what the index lacks is left out. */
export async function imageDigests(reference, arches, { fetch }) {
  const answer = await index(reference, fetch);
  const text = await answer.text();
  const stated = answer.headers.get("docker-content-digest");
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  if (stated && stated !== digest) throw new Error(`${reference}: the registry says ${stated} and sends ${digest}`);
  const { manifests } = JSON.parse(text);
  if (!Array.isArray(manifests))
    throw new Error(`${reference}: is an image of one architecture, which it does not name`);
  const of = arch =>
    manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === arch)?.digest;
  const pairs = arches.map(arch => [arch, of(arch)]).filter(([, found]) => /^sha256:[0-9a-f]{64}$/.test(found ?? ""));
  return Object.fromEntries(pairs);
}
