import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { allEvaluated, holds } from "./expressions.ts";
import { files, project, snippetsOf } from "./files.ts";
import { jobsOf, type YamlMap } from "./jobs.ts";
import { rules } from "./rules.ts";
import { runner } from "./scripts.ts";

const text = (name: string) => readFileSync(join(project, name), "utf8");
const snippets = snippetsOf("README.md");
const action = files.find(([path]) => path === "action.yml")?.[1].content ?? {};
const major = /^\d+/.exec(JSON.parse(text("package.json")).version)?.[0];

const read = (snippet: string): YamlMap =>
  snippet.startsWith(" ")
    ? { jobs: { one: { steps: parse(snippet.replace(/^ {6}/gm, "")) } } }
    : (parse(snippet) as YamlMap);

describe("what README says of GitHub Actions", () => {
  it.each(snippets)("is a workflow that calls the action as it is: %#", snippet => {
    const steps = jobsOf({ text: snippet, content: read(snippet) }).flatMap(one => one.steps);
    const uses = steps.filter(step => String(step["uses"] ?? "").startsWith("<owner>/"));
    expect(uses.map(step => step["uses"])).toEqual([`<owner>/kata-verify@v${major}`]);
    const inputs = Object.keys(action["inputs"] as YamlMap);
    for (const step of uses) expect(inputs).toEqual(expect.arrayContaining(Object.keys(step["with"] as YamlMap)));
  });

  it("has two of them, and the names of all outputs and inputs", () => {
    expect(snippets).toHaveLength(2);
    const section = /## In GitHub Actions\n([\s\S]*?)\n## /.exec(text("README.md"))?.[1] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(action["outputs"] as YamlMap));
    const missing = Object.keys(action["inputs"] as YamlMap).filter(name => !section.includes(name));
    expect(missing).toEqual([]);
  });
});

describe("the whole workflow that README shows", () => {
  const [snippet = ""] = snippets.filter(one => !one.startsWith(" "));
  const shown = { text: snippet, content: read(snippet) };
  const steps = jobsOf(shown).flatMap(one => one.steps);

  it("holds to our own rules, with actions at the commits that we have", () => {
    // Ours is named by the tag that moves with its releases.
    const ours = `<owner>/kata-verify@v${major}`;
    const found = rules.flatMap(rule => rule.find(shown).map(what => `${rule.id}: ${what}`));
    expect(found).toEqual([`pinned: kata: ${ours}`]);
    const others = steps.flatMap(({ uses }) => (uses === undefined || uses === ours ? [] : [String(uses)]));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter(one => !files.some(([, file]) => file.text.includes(`uses: ${one} #`)))).toEqual([]);
  });

  it.each([
    { product: "unsupported", isRed: true },
    { product: "unknown", isRed: false },
    { product: "provisional", isRed: false },
  ])("is red for $product: $isRed", ({ product, isRed }) => {
    const contexts = { steps: { kata: { outputs: { product, results: "/there" } } } };
    expect(steps[0]).toMatchObject({ id: "kata", "continue-on-error": true });
    const [upload, red] = steps.slice(1);
    expect(holds(upload?.["if"], contexts)).toBe(true);
    expect(allEvaluated(upload?.["with"] as object, contexts)["path"]).toBe("/there");
    expect(holds(red?.["if"], contexts)).toBe(isRed);
    using at = runner();
    expect(at.step(red ?? {}, contexts).code).toBe(1);
  });
});

describe("what CONTRIBUTING says of workflows", () => {
  it("names each of them", () => {
    const there = files.map(([path]) => path.split("/").at(-1) ?? "").filter(name => name !== "action.yml");
    expect(there.filter(name => !text("CONTRIBUTING.md").includes(`\`${name}\``))).toEqual([]);
  });

  it("has commands that run", () => {
    using at = runner();
    const commands = text("CONTRIBUTING.md")
      .split("\n")
      .filter(line => line.includes("node .github/scripts/"));
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const argv = ["-c", command.replace(".github/", `${project}.github/`)];
      // Without results, what accounts for them says what is missing: exit code 1.
      const code = command.includes("accounted") ? 1 : 0;
      expect({ command, ...at.bash(argv) }).toMatchObject({ command, code });
    }
  });
});
