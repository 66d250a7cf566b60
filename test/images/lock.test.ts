import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hold, lock, makersLock, tryAlone, tryLock, usersLock } from "../../src/images/lock.ts";
import { folder } from "./folder.ts";

const never = () => {
  throw new Error("nobody else has it");
};

test("one at a time, the next when the first lets go", async () => {
  const path = join(await folder(), "a", "lock");
  const order: string[] = [];
  const first = await lock(path, never);
  expect(await tryLock(path)).toBeUndefined();
  expect(spawnSync("flock", ["-n", path, "true"]).status).toBe(1);
  const waiting = lock(path, () => order.push("waits")).then(async second => {
    order.push("second");
    await second[Symbol.asyncDispose]();
  });
  await expect.poll(() => order).toEqual(["waits"]);
  order.push("first lets go");
  await first[Symbol.asyncDispose]();
  await waiting;
  expect(order).toEqual(["waits", "first lets go", "second"]);
  expect(spawnSync("flock", ["-n", path, "true"]).status).toBe(0);
});

test("waiting can be given up", async () => {
  const path = join(await folder(), "lock");
  await using _ = await lock(path, never);
  const waiting = lock(path, () => {}, AbortSignal.timeout(100));
  await expect(waiting).rejects.toThrow();
});

test("users share a thing, and nobody removes it before the last has let go", async () => {
  const path = join(await folder(), "disks", "key");
  const one = await hold(path);
  const other = await hold(path);
  expect(await tryAlone(path)).toBeUndefined();
  expect(await tryLock(makersLock(path))).toBeDefined();
  await one[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  expect(await tryAlone(path)).toBeUndefined();
  await other[Symbol.asyncDispose]();
  expect(spawnSync("flock", ["-n", usersLock(path), "true"]).status).toBe(0);
});

test("who removes a thing keeps makers and users waiting", async () => {
  const path = join(await folder(), "key");
  const alone = await tryAlone(path);
  expect(await tryLock(makersLock(path))).toBeUndefined();
  const order: string[] = [];
  const held = hold(path).then(() => order.push("held"));
  await expect(hold(path, AbortSignal.timeout(100))).rejects.toThrow();
  order.push("removed");
  await alone?.[Symbol.asyncDispose]();
  await held;
  expect(order).toEqual(["removed", "held"]);
});
