import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { files, project } from "./files.ts";
import { jobsOf } from "./jobs.ts";
import { runner } from "./scripts.ts";
import { type YamlMap, yaml } from "./yaml.ts";

const text = (name: string) => readFileSync(join(project, name), "utf8");
const snippets = [...text("README.md").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, one = ""]) => one);
const action = files.find(([path]) => path === "action.yml")?.[1].content ?? {};
const major = /^\d+/.exec(JSON.parse(text("package.json")).version)?.[0];

/** A snippet is a workflow, or steps of one with the indentation that they have there. */
const read = (snippet: string): YamlMap =>
  snippet.startsWith(" ")
    ? { jobs: { one: { steps: yaml(snippet.replace(/^ {6}/gm, "")) } } }
    : (yaml(snippet) as YamlMap);

describe("what README says of GitHub Actions", () => {
  it.each(snippets)("is a workflow that calls the action as it is: %#", snippet => {
    const steps = jobsOf({ text: snippet, content: read(snippet) }).flatMap(one => one.steps);
    const uses = steps.filter(step => step["uses"] !== undefined);
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
