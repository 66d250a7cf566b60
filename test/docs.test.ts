import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../src/commands/options.ts";

const root = new URL("../", import.meta.url).pathname;
const docs = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).map(name => `docs/${name}`)].filter(
  name => name.endsWith(".md"),
);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Commands that say something to be put in their place, as CODE does, stand for many. */
const isForm = (command: string) => /[<[|…]|\b[A-Z]{4,}\b/.test(command);

/** What a text tells its reader to type, line by line and in the midst of a sentence, without what is said of it. */
const typed = (text: string): string[] => {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocks, ...inline]
    .map(line => line.replace(/\s+#.*/, "").trim())
    .filter(line => /^(npm|openssl) /.test(line));
};

const all = [...new Set(docs.flatMap(name => typed(readFileSync(join(root, name), "utf8"))))].filter(
  command => !isForm(command),
);

/** These need a container engine or hours, or are what runs this test; the tests under real and long run what they run. */
const needMore = /^npm (?:test|run (?:check|test:long|bench|format|verify)\b)|^npm run certify -- debian-13 /;
const here = all.filter(command => !needMore.test(command));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kv-docs-"));
  cpSync(join(root, "test", "replay", "debian-13-kata"), join(folder, "results", "debian-13"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const ours = /^npm run (?:--silent )?(?<name>\S+)(?: -- (?<words>.*))?$/;

/** As it is typed, but in a folder of its own, which npm would not stay in. */
function run(command: string) {
  const { name = "", words = "" } = ours.exec(command)?.groups ?? {};
  const [file, args] = name
    ? [process.execPath, [join(root, "bin", "kata-verify.mjs"), name, ...words.split(" ").filter(Boolean)]]
    : ["sh", ["-c", command]];
  const env = { XDG_CACHE_HOME: join(folder, "cache"), CI: undefined, GITHUB_ACTIONS: undefined };
  return execa(file, args, { cwd: folder, env, stdin: "ignore", reject: false, all: true });
}

describe("the commands that the documents tell", () => {
  it("are found", () => {
    expect(here.length).toBeGreaterThan(10);
    expect(all).toContain("npm run verify -- debian-13 --tier guest --setup");
    expect(all).toContain("npm run certify -- --from results/debian-13 --contact you@example.org --key key.pem");
  });

  it("have words that there are", () => {
    for (const command of all.filter(one => one.startsWith("npm "))) {
      const script = /^npm (?:run (?:--silent )?)?(?<script>\S+)/.exec(command)?.groups?.["script"] ?? "";
      expect(Object.keys(scripts)).toContain(script);
      const row = commands.find(({ name }) => name === script);
      const flags = row?.options.map(one => one.flags.split(" ").find(word => word.startsWith("--"))) ?? ["--setup"];
      for (const word of command.split(" -- ")[1]?.split(" ") ?? [])
        if (word.startsWith("--")) expect(flags, command).toContain(word);
    }
  });

  it("do what they say, one after the other", async () => {
    // As who certifies has it after the first command, which needs KVM and Kata.
    const first = "certify -- --from results/debian-13 --contact you@example.org";
    expect((await run(`npm run ${first}`)).exitCode).toBe(0);
    for (const command of here) {
      const { exitCode, all: said = "" } = await run(command);
      // A machine for tests may lack what runs need, and doctor says so.
      expect([0, ...(command === "npm run doctor" ? [4] : [])], `${command}\n${said}`).toContain(exitCode);
      if (command.startsWith("npm")) expect(said.trim(), command).not.toBe("");
    }
    for (const made of ["site", "key.pem", "public.pem", "debian-13-amd64-kata-4.0.0.tar.gz"])
      expect(readdirSync(folder)).toContain(made);
  }, 300_000);
});
