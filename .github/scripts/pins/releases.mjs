import { digestOf, fetched, fromGithub } from "./fetched.mjs";

const plainVersion = /^\d+\.\d+\.\d+$/;

/** The newest release of a repository that is no pre-release: its version, and the names of its files. */
async function newest(repository, net) {
  const { tag_name, assets } = await fromGithub(`repos/${repository}/releases/latest`, net);
  const version = String(tag_name).replace(/^v/, "");
  if (!plainVersion.test(version)) throw new Error(`${repository}: its newest release is ${tag_name}`);
  return { tag: tag_name, version, names: assets.map(({ name }) => name) };
}

/** `page` and `files` say where a release is; they end with its tag. */
const places = (repository, tag) => ({
  page: `https://api.github.com/repos/${repository}/releases/tags/${tag}`,
  files: `https://github.com/${repository}/releases/download/${tag}`,
});

/** The first of these names that the release has; what it lacks is for a person to find. */
function had(names, wanted) {
  const name = wanted.find(one => names.includes(one));
  if (name === undefined) throw new Error(`the release has none of ${wanted.join(", ")}`);
  return name;
}

/** Assets with their digests; one that two runtimes share is downloaded once. */
async function assetsOf(byArch, files, net, seen = new Map()) {
  const assets = {};
  for (const [arch, name] of Object.entries(byArch)) {
    if (!seen.has(name)) seen.set(name, await digestOf(`${files}/${name}`, net));
    assets[arch] = { name, sha256: seen.get(name) };
  }
  return assets;
}

function said(sources, today) {
  const from = `downloaded and digested by .github/workflows/pins.yml on ${today}`;
  const others = sources.filter(({ fact }) => fact !== "digests" && !fact.startsWith("no digests"));
  return [...others, { fact: "digests", from }];
}

const lacksDigest = assets => Object.values(assets).some(({ sha256 }) => sha256 === undefined);

const kataNames = {
  rust: (version, arch) => [`kata-static-${version}-${arch}.tar.zst`],
  // Since 4.1 the runtime in Go is an asset of its own.
  go: (version, arch) => [`kata-go-static-${version}-${arch}.tar.zst`, `kata-static-${version}-${arch}.tar.zst`],
};

/** kata/pins.json for the newest release; the same object where that is pinned already, with digests. */
export async function withKata(pins, net) {
  const repository = "kata-containers/kata-containers";
  const { tag, version, names } = await newest(repository, net);
  if (version === pins.version && !Object.values(pins.assets).some(lacksDigest)) return pins;
  const where = places(repository, tag);
  const seen = new Map();
  const assets = {};
  for (const [runtime, before] of Object.entries(pins.assets)) {
    const byArch = Object.keys(before).map(arch => [arch, had(names, kataNames[runtime](version, arch))]);
    assets[runtime] = await assetsOf(Object.fromEntries(byArch), where.files, net, seen);
  }
  return { ...pins, version, ...where, assets, sources: said(pins.sources, net.today) };
}

async function addition(repository, { tag, version }, before, nameOf, net) {
  if (before.version === version) return before;
  const where = places(repository, tag);
  const byArch = Object.fromEntries(Object.keys(before.assets).map(arch => [arch, nameOf(version, arch)]));
  return { version, ...where, assets: await assetsOf(byArch, where.files, net) };
}

/** containerd/pins.json for the newest containerd, with the runc that containerd itself is tested with. */
export async function withContainerd(pins, net) {
  const { containerd: before, runc } = pins.additions;
  const latest = await newest("containerd/containerd", net);
  const told = `https://raw.githubusercontent.com/containerd/containerd/${latest.tag}/script/setup/runc-version`;
  const tag = (await (await fetched(told, net)).text()).trim();
  const version = tag.replace(/^v/, "");
  if (!plainVersion.test(version)) throw new Error(`${told}: ${JSON.stringify(tag)} is no version`);
  const statically = (of, arch) => `containerd-static-${of}-linux-${arch}.tar.gz`;
  const additions = {
    containerd: await addition("containerd/containerd", latest, before, statically, net),
    runc: await addition("opencontainers/runc", { tag, version }, runc, (_, arch) => `runc.${arch}`, net),
  };
  const isSame = additions.containerd === before && additions.runc === runc;
  return isSame ? pins : { ...pins, additions, sources: said(pins.sources, net.today) };
}
