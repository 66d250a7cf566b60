import { readdirSync, readFileSync } from "node:fs";
import { OsFacts } from "../../src/model/osinfo.ts";
import { Target } from "../../src/model/target.ts";
import { Verdict } from "../../src/model/verdict.ts";
import { osinfo } from "../../src/osinfo/osinfo.ts";
import type { Linked } from "../../src/osinfo/seen.ts";

const root = new URL("../../", import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const all = (folder: string): string[] => readdirSync(new URL(folder, root)).filter(name => name.endsWith(".json"));

export const recordedVerdict = (name: string): Linked => ({
  verdict: Verdict.parse(json(`test/replay/${name}/verdict.json`)),
  link: `test/replay/${name}`,
});

export const targets = all("images").map(name => Target.parse(json(`images/${name}`)));
export const facts = all("osinfo").map(name => OsFacts.parse(json(`osinfo/${name}`)));

/** What is known of a release, by these verdicts. */
export function known(id: string, ...verdicts: readonly Linked[]) {
  const release = osinfo(targets, facts, verdicts).releases.find(one => one.id === id);
  if (release === undefined) throw new Error(`nothing is known of ${id}`);
  return release;
}
