import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "kv-last-resort-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** A process of its own that is ready for the worst, and then does something. */
function ran(doing: string, shell = 'exec "$@"') {
  const contents = `import { catchTheRest } from "./last-resort.ts"; catchTheRest(); ${doing}`;
  const resolveDir = fileURLToPath(new URL("../../src/commands/", import.meta.url));
  const outfile = join(dir, "program.mjs");
  buildSync({ stdin: { contents, resolveDir, loader: "ts" }, outfile, bundle: true, platform: "node", format: "esm" });
  return spawnSync("sh", ["-c", shell, "sh", process.execPath, outfile], { encoding: "utf8" });
}

describe("at the last resort", () => {
  it.each([
    [
      "a rejection that nobody awaits",
      'void Promise.reject(new TypeError("nobody awaits")); setInterval(() => {}, 1000);',
    ],
    [
      "an exception in a callback",
      'setTimeout(() => { throw new TypeError("in a callback"); }, 1); setInterval(() => {}, 1000);',
    ],
  ])("%s is a bug and no verdict", (_, doing) => {
    const { status, stderr } = ran(doing);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^kata-verify: this is a bug in the harness.*\nTypeError: .*\n {4}at /);
  });

  it("a reader that reads no more changes nothing", () => {
    const doing =
      'for (let n = 0; n < 50; n += 1) { console.log("x".repeat(9999)); await new Promise(done => setTimeout(done, 2)); } process.exitCode = 42;';
    const { status, stderr } = ran(doing, '{ "$@"; echo "code $?" >&2; } | head -c 1 >/dev/null');
    expect({ status, stderr }).toEqual({ status: 0, stderr: "code 42\n" });
  });
});
