import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isDead, ownName } from "../../../src/testbeds/engine/owner.ts";

test("this process is alive", () => {
  expect(isDead(ownName())).toBe(false);
});

test("a process that has ended is dead", async () => {
  const [, , place] = ownName().split(":");
  const child = spawn("true");
  await once(child, "exit");
  expect(isDead(`${child.pid}:1:${place}`)).toBe(true);
});

test("a pid that is in use again is another process", () => {
  const [pid, started, place] = ownName().split(":");
  expect(isDead(`${pid}:${Number(started) - 1}:${place}`)).toBe(true);
});

test("of a process of another machine or pid namespace nothing can be said", () => {
  expect(isDead("1:1:0123456789abcdef")).toBe(false);
  expect(isDead("")).toBe(false);
});
