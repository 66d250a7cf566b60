import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkout } from "./checkout.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

it("answers --version without building anything, and with the commit once something was built", async () => {
  using at = checkout();
  expect(await at.run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  expect(existsSync(join(at.root, "dist"))).toBe(false);
  const { build } = JSON.parse((await at.run(["plan"])).stdout);
  expect((await at.run(["--version"])).stdout).toBe(`${version} (${build.commit})\n`);
});

it("builds once, passes on the arguments and returns the exit code", async () => {
  using at = checkout();
  const head = JSON.parse(readFileSync(join(at.root, "package.json"), "utf8")).version;
  const first = await at.run(["verify", "debian-13", "--json"]);
  expect(first).toMatchObject({ code: 3, stderr: "kata-verify: building\n" });
  expect(JSON.parse(first.stdout)).toMatchObject({
    argv: ["verify", "debian-13", "--json"],
    root: `${at.root}/`,
    build: { version: head, commit: expect.stringMatching(/^[0-9a-f]{12}$/) },
  });
  expect(await at.run(["verify", "debian-13", "--json"])).toEqual({ ...first, stderr: "" });
});

it("builds again when a source changed, and not when it was only touched", async () => {
  using at = checkout();
  await at.run([]);
  utimesSync(join(at.root, "src/main.ts"), new Date(), new Date());
  expect((await at.run([])).stderr).toBe("");

  at.write("src/main.ts", "export const main = async () => { console.log('other'); return 0; };\n");
  expect(await at.run([])).toEqual({ code: 0, stdout: "other\n", stderr: "kata-verify: building\n" });
});

it("looks for --help only at what it is made from", async () => {
  using at = checkout();
  at.write("src/commands/options.ts", "export const options = [];\n");
  await at.run([]);
  at.write("src/main.ts", "export const main = async () => 0;\n");
  expect((await at.run(["verify", "--help"])).stderr).toBe("");
  at.write("src/commands/options.ts", "export const options = [1];\n");
  expect((await at.run(["verify", "--help"])).stderr).toBe("kata-verify: building\n");
});

it("says for --help what the build said, loading nothing of it, until that may have changed", async () => {
  using at = checkout();
  const saying = (text: string) =>
    at.write(
      "src/main.ts",
      `export const main = async ([asked]) => { if (asked === "--help") console.log("${text}"); return 0; };\n`,
    );
  at.write("src/commands/options.ts", "export const options = [];\n");
  saying("one");
  await at.run([]);
  const { folder } = JSON.parse(readFileSync(join(at.root, "dist/build.json"), "utf8"));
  writeFileSync(join(at.root, "dist", folder, "main.js"), "throw new Error('loaded');\n");
  expect(await at.run(["--help"])).toEqual({ code: 0, stdout: "one\n", stderr: "" });
  saying("two");
  at.write("src/commands/options.ts", "export const options = [1];\n");
  expect(await at.run(["--help"])).toEqual({ code: 0, stdout: "two\n", stderr: "kata-verify: building\n" });
});

it("names the commit of the sources, and says when they differ from it", async () => {
  using at = checkout();
  const { stdout } = await at.run([]);
  const source = readFileSync(join(at.root, "src/main.ts"), "utf8");
  at.write("src/main.ts", `${source}// another\n`);
  const first = JSON.parse(stdout).build.commit;
  expect(JSON.parse((await at.run([])).stdout).build.commit).toBe(`${first}-dirty`);
  const second = at.commit("Say more");
  expect(JSON.parse((await at.run([])).stdout).build.commit).toBe(second);
});

it("names the commit of a work tree whose .git is a file, as git worktree makes them", async () => {
  using at = checkout();
  const away = mkdtempSync(join(tmpdir(), "kata-verify-git-"));
  try {
    execFileSync("git", ["init", "-q", "--separate-git-dir", join(away, "git")], { cwd: at.root });
    expect(readFileSync(join(at.root, ".git"), "utf8")).toContain("gitdir: ");
    const { code, stdout } = await at.run([]);
    expect(code).toBe(3);
    at.write("src/main.ts", `${readFileSync(join(at.root, "src/main.ts"), "utf8")}// another\n`);
    const second = at.commit("Say more");
    expect(JSON.parse(stdout).build.commit).not.toBe(second);
    expect(JSON.parse((await at.run([])).stdout).build.commit).toBe(second);
  } finally {
    rmSync(away, { recursive: true });
  }
});

it("leaves the build of a run that is under way alone", async () => {
  using at = checkout();
  await at.run([]);
  const before = readdirSync(join(at.root, "dist"));
  at.write("src/more.ts", "export const more = 1;\n");
  await at.run([]);
  expect(readdirSync(join(at.root, "dist"))).toEqual(expect.arrayContaining(before));
  expect(readdirSync(join(at.root, "dist")).filter(name => name.startsWith("new-"))).toEqual([]);
});

it("builds for two at once only once", async () => {
  using at = checkout();
  const ended = await Promise.all([at.run([]), at.run([]), at.run([])]);
  expect(ended.map(({ code }) => code)).toEqual([3, 3, 3]);
  expect(ended.filter(({ stderr }) => stderr.includes("building"))).toHaveLength(1);
});

const fakeNpm = (install: string) => `#!/bin/sh
echo "npm $*"
${install}
`;

function npm(at: { root: string; write(path: string, text: string): void }, install: string) {
  at.write("fake/npm", fakeNpm(install));
  chmodSync(join(at.root, "fake/npm"), 0o755);
  return { PATH: `${at.root}/fake:${process.env["PATH"]}` };
}

it("installs dependencies where they are missing, and keeps standard output for the run", async () => {
  using at = checkout({ dependencies: false });
  const modules = new URL("../../node_modules", import.meta.url).pathname;
  const env = npm(
    at,
    `mkdir node_modules && ln -s ${modules}/* node_modules/ && touch node_modules/.package-lock.json`,
  );
  const { code, stdout, stderr } = await at.run(["plan"], env);
  expect(code).toBe(3);
  expect(JSON.parse(stdout).argv).toEqual(["plan"]);
  expect(stderr).toContain("npm ci --include=dev");
});

it("says in one line what npm ci ended with", async () => {
  using at = checkout({ dependencies: false });
  const { code, stderr } = await at.run(["plan"], npm(at, "exit 7"));
  expect(code).toBe(2);
  expect(stderr).toContain("kata-verify: npm ci ended with 7; what it said is above\n");
});

it("waits for the npm of a run that was killed, and then goes on", async () => {
  using at = checkout({ dependencies: false });
  const killed = at.start(["plan"], npm(at, "echo pid $$. >&2; exec sleep 60"));
  const pid = await new Promise<number>(resolve => {
    killed.child.stderr?.on("data", text => {
      const said = /pid (?<pid>\d+)\./.exec(`${text}`)?.groups?.["pid"];
      if (said) resolve(Number(said));
    });
  });
  const waits = at.start(["plan"], npm(at, "exit 8"));
  await new Promise(resolve => waits.child.stderr?.once("data", resolve));
  killed.child.kill("SIGKILL");
  await new Promise(resolve => killed.child.once("exit", resolve));
  expect(waits.child.exitCode).toBe(null);

  process.kill(pid, "SIGKILL");
  const { code, stderr } = await waits.ended;
  expect(stderr).toMatch(/^kata-verify: waiting for another run/);
  expect(stderr).toContain("npm ci ended with 8");
  expect(code).toBe(2);
});

it("says in one line that Node is too old", async () => {
  using at = checkout();
  const manifest = JSON.parse(readFileSync(join(at.root, "package.json"), "utf8"));
  at.write("package.json", JSON.stringify({ ...manifest, engines: { node: ">=99.1.0" } }));
  rmSync(join(at.root, "node_modules"), { recursive: true });
  expect(await at.run(["verify"])).toEqual({
    code: 2,
    stdout: "",
    stderr: `kata-verify: Node 99.1.0 or newer is needed, this is ${process.versions.node}\n`,
  });
});
