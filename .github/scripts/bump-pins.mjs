// Writes what is pinned as its sources have it now. What cannot be looked at is said, and stays as it is.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEndOfLife } from "./pins/end-of-life.mjs";
import { withDigests } from "./pins/images.mjs";
import { withContainerd, withKata } from "./pins/releases.mjs";
import { sayWarning } from "./runner-files.mjs";
import { scriptEnds } from "./words.mjs";

const isTarget = name => name.endsWith(".json");

const net = {
  fetch,
  token: process.env.GH_TOKEN,
  today: new Date().toISOString().slice(0, 10),
  distroInfo: distro => readFileSync(`/usr/share/distro-info/${distro}.csv`, "utf8"),
};

async function bump(path, changes) {
  const before = JSON.parse(readFileSync(path, "utf8"));
  let now = before;
  const troubles = [];
  for (const change of changes)
    try {
      now = await change(now, net);
    } catch (error) {
      troubles.push(`${path}: ${error.message}`);
    }
  if (now !== before) writeFileSync(path, `${JSON.stringify(now, null, 2)}\n`);
  return { changed: now === before ? [] : [path], troubles };
}

await scriptEnds(async () => {
  const targets = readdirSync("images").filter(isTarget);
  const all = [];
  for (const name of targets) all.push(await bump(join("images", name), [withDigests, withEndOfLife]));
  all.push(await bump("kata/pins.json", [withKata]));
  all.push(await bump("containerd/pins.json", [withContainerd]));
  const changed = all.flatMap(one => one.changed);
  const troubles = all.flatMap(one => one.troubles);
  for (const trouble of troubles) sayWarning(trouble);
  const list = lines => lines.map(line => `- ${line.replaceAll("`", "'")}`).join("\n");
  const body = [
    "The pins as their sources have them now. The cells that they decide are run on this branch: see its checks.",
    `Changed:\n\n${list(changed)}`,
    ...(troubles.length > 0 ? [`Could not be looked at:\n\n${list(troubles)}`] : []),
    "Of another release of Kata's: `kata/required.json` needs a list for it, and `sources` a look.",
  ].join("\n\n");
  writeFileSync(process.env.BODY || "pins.md", `${body}\n`);
  console.log(`${changed.length} files changed, ${troubles.length} could not be looked at`);
  // Nothing at all to be had is this runner's network, or a fault here: no silence about it.
  return changed.length === 0 && troubles.length === all.length ? 1 : 0;
});
