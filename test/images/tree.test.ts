import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runTree } from "../../src/images/tree.ts";

const env = { LC_ALL: "C" };
const alive = (mark: string) => spawnSync("pgrep", ["-f", `^sleep ${mark}$`]).status === 0;

test("says how it ended, with what it printed last", async () => {
  const seen = await runTree(["sh", "-c", 'echo "$X" >&2; exit 3'], { env: { X: "why" }, timeoutMs: 10_000 });
  expect(seen).toMatchObject({ ending: { kind: "exited", code: 3 }, stderr: "why\n", stdout: "" });
});

test("a program that is not there is 127, in setpriv's words", async () => {
  const seen = await runTree(["/no/such"], { env, timeoutMs: 10_000 });
  expect(seen).toMatchObject({ ending: { kind: "exited", code: 127 } });
  expect(seen.stderr).toContain("/no/such");
});

test("a time-out ends children that hold the pipe, too", async () => {
  const seen = await runTree(["sh", "-c", "sleep 98765 & wait"], { env, timeoutMs: 300 });
  expect(seen.ending).toEqual({ kind: "timedOut", afterMs: 300 });
  expect(seen.durationMs).toBeLessThan(5_000);
  expect(alive("98765")).toBe(false);
});

test("an abort ends all and rejects with its reason", async () => {
  const options = { env, timeoutMs: 60_000, signal: AbortSignal.timeout(300) };
  await expect(runTree(["sh", "-c", "sleep 98764 & wait"], options)).rejects.toThrow(/timeout/);
  expect(alive("98764")).toBe(false);
});

test("an abort that came before starts nothing", async () => {
  const options = { env, timeoutMs: 60_000, signal: AbortSignal.abort(new Error("before")) };
  await expect(runTree(["sleep", "98762"], options)).rejects.toThrow("before");
  expect(alive("98762")).toBe(false);
});

test("what a program leaves in its group is ended with it", async () => {
  await runTree(["sh", "-c", "sleep 98763 2>/dev/null & exit 0"], { env, timeoutMs: 60_000 });
  await expect.poll(() => alive("98763")).toBe(false);
});
