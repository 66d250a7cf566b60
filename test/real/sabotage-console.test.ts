import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Evidence, JournalLine } from "../../src/model/evidence.ts";
import { type Verified, verify } from "./pipeline.ts";
import { floodMiB, mark, vmmWithHostileConsole } from "./sabotage/hostile.ts";
import { packageOf } from "./sabotage/package.ts";

let folder: string;
let run: Verified;
let summary: string;

/** Every file under the results, by its path there. */
const files = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-hostile-"));
  summary = join(folder, "step-summary.md");
  const file = await packageOf(folder, vmmWithHostileConsole);
  const argv = ["debian-13", "--tier", "guest", "--testbed", "container", "-v", "--with-package", file];
  run = await verify("hostile", argv, { env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary } });
  for (const path of await readdir(run.out, { recursive: true }))
    if ((await stat(join(run.out, path))).isFile()) files.set(path, await readFile(join(run.out, path), "utf8"));
}, 900_000);

afterAll(() => rm(folder, { recursive: true }));

const named = (end: string): string => {
  const found = [...files].find(([path]) => path.endsWith(end));
  if (found === undefined) throw new Error(`no file ${end} in ${[...files.keys()].join(" ")}`);
  return found[1];
};

describe(`a guest whose console says ${floodMiB} MiB of noise and worse`, () => {
  test("is told by what it really did", () => {
    expect(run.exitCode).toBe(1);
    expect(run.said).toMatchObject({
      "guest.console": "pass",
      "guest.virtiofs": "pass",
      "guest.block": "pass",
      "guest.network": "pass",
      "guest.hotplug": "pass",
      "guest.shutdown": "pass",
      // What it said of entropy was left out on the way, and what was said instead is quoted.
      "guest.entropy": "error guest.panic",
    });
  });

  test("takes no more memory and no more disk than another", () => {
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(8 * 2 ** 20);
    expect(run.peakMiB).toBeLessThan(400);
  });

  test("is quoted, as text, in all that is told of it", () => {
    for (const name of ["verdict.json", "junit.xml", "summary.md", "logs/guest-console.log"])
      expect(named(name)).toContain(mark);
    expect(run.stdout).toContain(mark);
  });

  test("leaves valid JSON, XML of the strict kind, and no byte of a terminal's language", async () => {
    Evidence.parse(JSON.parse(named("evidence.json")));
    const journal = named("journal.ndjson").trimEnd().split("\n");
    for (const line of journal) JournalLine.parse(JSON.parse(line));
    expect(journal.length).toBeGreaterThan(50);
    const elements: string[] = [];
    const parser = new SaxesParser();
    parser.on("opentag", ({ name }) => void elements.push(name));
    parser.on("error", error => {
      throw error;
    });
    parser.write(named("junit.xml")).close();
    expect(new Set(elements)).not.toContain("script");
    // One for each, and one for the verdict.
    const decide = run.cell.checks.filter(({ gating, outcome }) => gating && outcome === "fail");
    expect(elements.filter(name => name === "failure")).toHaveLength(decide.length + 1);
    const texts = [named("junit.xml"), named("summary.md"), run.stdout, run.stderr, await readFile(summary, "utf8")];
    for (const text of texts) expect(text).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]/);
  });

  test("gives GitHub Actions no command of its own", () => {
    for (const text of [run.stdout, run.stderr]) {
      expect(text).not.toMatch(/##(?=\w*\[)/);
      const commands = text.split(/\r\n|[\r\n\u2028\u2029]/).filter(line => line.trimStart().startsWith("::"));
      for (const line of commands) expect(line).toMatch(/^::(?:error|warning) title=(?:debian-13 |kata-verify)/);
      for (const line of commands) expect(line.split("::")[1]).not.toContain(mark);
    }
  });

  test("puts no HTML and no image into the summary", async () => {
    for (const text of [named("summary.md"), await readFile(summary, "utf8")])
      expect(text.replaceAll(/(`+)[\s\S]*?\1/g, "")).not.toMatch(/<(?:script|img|!--)/);
  });
});
