// Plans a run: which targets, one entry an architecture, in matrices that GitHub takes. Reads the catalog and nothing else.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kataVerify, root } from "./kata-verify.mjs";
import { setOutputs } from "./runner-files.mjs";
import { shards } from "./shards.mjs";
import { touched } from "./touched.mjs";
import { arches, BadInput, ids, oneOf, scriptEnds, tiers } from "./words.mjs";

const runners = ["ubuntu-24.04", "ubuntu-24.04-arm"];

function changedSince(commit) {
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new BadInput(`SINCE: ${JSON.stringify(commit)} is no commit`);
  const argv = ["diff", "--name-only", "--no-renames", "-z", commit, "HEAD"];
  return execFileSync("git", argv, { cwd: process.cwd(), encoding: "utf8" }).split("\0");
}

/** No targets at all is `none`; every one of the catalog is an empty list. */
function wanted({ TARGETS = "", SINCE = "", CATALOG = root }) {
  const named = ids("TARGETS", TARGETS);
  if (SINCE === "" || named.length > 0) return named;
  const changed = touched(changedSince(SINCE));
  if (changed === "all") return [];
  const left = changed.filter(id => existsSync(join(CATALOG, "images", `${id}.json`)));
  return left.length === 0 ? "none" : ids("images", left.join(" "));
}

/** Of targets that are named, those that have this architecture; one that the catalog does not have is left to kata-verify to refuse. */
function having(arch, targets, catalog) {
  return targets.filter(id => {
    const path = join(catalog, "images", `${id}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).arches?.includes(arch) : arch === arches[0];
  });
}

/** A title is for people and comes no further than this. */
function checked({ target, arch, scenarios, runner }) {
  return {
    target: ids("target", target).join(),
    arch: oneOf("arch", arches, arch),
    scenarios: ids("scenarios", scenarios).join(" "),
    runner: oneOf("runner", runners, runner),
  };
}

async function planned(targets, env) {
  const entries = [];
  const scenarios = ids("SCENARIOS", env.SCENARIOS || "all");
  const given = ["--scenario", ...scenarios, "--tier", oneOf("TIER", tiers, env.TIER)];
  const catalog = env.CATALOG ? ["--catalog", env.CATALOG] : [];
  for (const arch of arches) {
    const named = having(arch, targets, env.CATALOG || root);
    if (targets.length > 0 && named.length === 0) continue;
    const argv = ["plan", ...named, ...given, "--arch", arch, ...catalog, "--github"];
    const { code, text } = await kataVerify(argv, { read: true });
    if (code !== 0) return { code, entries: [] };
    entries.push(...JSON.parse(text).include.map(checked));
  }
  return { code: 0, entries };
}

await scriptEnds(async () => {
  const { env } = process;
  const targets = wanted(env);
  // Nothing was touched that a run could tell more of: the catalog is read all the same.
  const { code, entries: all } = await planned(targets === "none" ? [] : targets, env);
  if (code !== 0) return code;
  const entries = targets === "none" ? [] : all;
  const matrices = shards(entries);
  writeFileSync(env.PLAN || "plan.json", `${JSON.stringify({ include: entries }, null, 2)}\n`);
  setOutputs({
    cells: String(entries.length),
    shards: JSON.stringify(matrices),
    numbers: JSON.stringify(matrices.map((_, at) => at)),
  });
  console.log(`${entries.length} jobs in ${matrices.length} matrices`);
  for (const { target, arch, scenarios } of entries) console.log(`  ${target} ${arch}: ${scenarios}`);
  return 0;
});
