import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lock, tryLock } from "../../src/images/lock.ts";
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
