import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const project = new URL("../../", import.meta.url).pathname;

function run(cwd: string, ...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn("npm", ["run", "--silent", ...argv], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", text => {
      said[stream] += text;
    });
  }
  return new Promise(resolve => child.on("close", code => resolve({ code, ...said })));
}

it("makes a fresh clone ready for two runs at once, with the real npm", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  try {
    const clone = join(folder, "clone");
    execFileSync("git", ["clone", "-q", project, clone]);
    const runs = await Promise.all([run(clone, "list"), run(clone, "list")]);
    for (const { code, stdout, stderr } of runs) {
      expect(stderr).not.toContain("kata-verify: npm ci ended");
      expect(stdout).toContain("debian-13");
      expect(code).toBe(0);
    }
    expect(runs.filter(({ stderr }) => stderr.includes("installing dependencies"))).toHaveLength(1);
    expect((await run(clone, "list")).stderr).toBe("");
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: clone, encoding: "utf8" })).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
