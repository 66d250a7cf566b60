import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startTime } from "../../src/testbeds/start-time.ts";

test("a process keeps its start time, and one that is started later has no earlier one", async () => {
  const child = spawn("sleep", ["60"]);
  try {
    await once(child, "spawn");
    expect(startTime(process.pid)).toMatch(/^\d+$/);
    expect(startTime(process.pid)).toBe(startTime(process.pid));
    expect(Number(startTime(child.pid ?? 0))).toBeGreaterThanOrEqual(Number(startTime(process.pid)));
  } finally {
    child.kill("SIGKILL");
  }
});

test("a program's name cannot pass for other fields", async () => {
  const child = spawn("sh", [
    "-c",
    'read -r name && printf %s "$name" >/proc/self/comm && echo renamed && read -r name',
  ]);
  try {
    const started = startTime(child.pid ?? 0);
    child.stdin.write("a) Z 1 2\n");
    await once(child.stdout, "data");
    expect(readFileSync(`/proc/${child.pid}/stat`, "latin1")).toContain("(a) Z 1 2)");
    expect(startTime(child.pid ?? 0)).toBe(started);
  } finally {
    child.kill("SIGKILL");
  }
});

test("there is none of a process that has ended, collected by its parent or not", async () => {
  // The program that replaces the shell knows nothing of the shell's child and never collects it.
  const parent = spawn("sh", ["-c", 'true & echo "$!"; exec sleep 60']);
  try {
    const [line] = await once(parent.stdout, "data");
    await expect.poll(() => startTime(Number(line))).toBeUndefined();
  } finally {
    parent.kill("SIGKILL");
  }
  const child = spawn("true");
  await once(child, "exit");
  expect(startTime(child.pid ?? 0)).toBeUndefined();
});
