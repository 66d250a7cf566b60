import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { dependenciesAreFresh, installDependencies } from "./dependencies.mjs";
import { exclusively } from "./exclusively.mjs";
import { fingerprint, helpFingerprint } from "./fingerprint.mjs";
import { commit, contents } from "./identity.mjs";
import { lastBuild } from "./last-build.mjs";
import { NotReady } from "./not-ready.mjs";

const day = 24 * 60 * 60 * 1000;

async function buildInto(dist, folder, root, from) {
  const unfinished = join(dist, `new-${process.pid}`);
  console.error("kata-verify: building");
  try {
    await build(root, unfinished, from);
  } catch {
    throw new NotReady("the build failed; what esbuild said is above");
  }
  renameSync(unfinished, join(dist, folder));
}

/** A run that started from an earlier build loads chunks from there to its end: builds go a day after they were replaced. */
function prune(dist, current) {
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (name === current || name === "build.json") continue;
    if (name.startsWith("new-") || statSync(path).mtimeMs < Date.now() - day) rmSync(path, { recursive: true });
  }
}

function makeCurrent(dist, build, last) {
  writeFileSync(join(dist, "build.json.new"), JSON.stringify(build));
  renameSync(join(dist, "build.json.new"), join(dist, "build.json"));
  if (last !== undefined && last.folder !== build.folder) utimesSync(join(dist, last.folder), new Date(), new Date());
  prune(dist, build.folder);
}

const sayHelp = `const [, entry, root] = process.argv;
const { main } = await import(entry);
process.exitCode = await main(["--help"], root);`;

/** What a build prints for --help where nobody is at a terminal. */
function helpOf(root, folder) {
  const entry = pathToFileURL(join(root, "dist", folder, "main.js")).href;
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", sayHelp, entry, root], {
    encoding: "utf8",
  });
  return status === 0 ? stdout : undefined;
}

async function renewAlone(root, lock) {
  const last = lastBuild(root);
  const seen = { fingerprint: fingerprint(root), help: helpFingerprint(root) };
  if (last?.fingerprint === seen.fingerprint) return last.folder;
  const dist = join(root, "dist");
  const from = commit(root);
  const folder = `${contents(root).slice(0, 16)}-${from}`;
  if (!existsSync(join(dist, folder))) {
    if (!dependenciesAreFresh(root)) installDependencies(root, lock);
    mkdirSync(dist, { recursive: true });
    await buildInto(dist, folder, root, from);
  }
  makeCurrent(dist, { folder, commit: from, ...seen, text: helpOf(root, folder) }, last);
  return folder;
}

/** Builds what is missing or old and returns its folder under dist/; one process at a time. */
export function renew(root) {
  return exclusively(root, lock => renewAlone(root, lock));
}

/** Installs dependencies where they are missing or old; one process at a time. */
export function renewDependencies(root) {
  return exclusively(root, lock => {
    if (!dependenciesAreFresh(root)) installDependencies(root, lock);
  });
}
