import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { makersLock, tryLock } from "../../../src/images/lock.ts";
import { keep } from "../../../src/testbeds/vm/kept.ts";
import { listMade, removeMade } from "../../../src/testbeds/vm/prune.ts";

const key = "5eed".repeat(16);
const place = { kind: "disks", key } as const;
const row = { ...place, sizeBytes: 0, usedAt: "" };

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "kv-prune-"));
});
afterEach(() => rm(cache, { recursive: true }));

const find = () =>
  keep({
    cache,
    ...place,
    record: z.object({}),
    fresh: false,
    onWait: () => {},
    onChanged: () => {},
    make: async folder => {
      await writeFile(join(folder, "disk.img"), "disk");
      return { record: {}, files: [{ name: "disk.img" }] };
    },
  });

test("what was found is there until it is let go, however often it is pruned", async () => {
  await (await find()).held[Symbol.asyncDispose]();
  const kept = await find();
  expect(await removeMade(cache, row)).toBe(false);
  expect(await readFile(join(kept.folder, "disk.img"), "utf8")).toBe("disk");
  await kept.held[Symbol.asyncDispose]();
  expect(await removeMade(cache, row)).toBe(true);
  expect(existsSync(kept.folder)).toBe(false);
  expect(await listMade(cache)).toEqual([]);
});

test("a pruned thing is made again, and what waits for its lock has the same lock as who comes after", async () => {
  await (await find()).held[Symbol.asyncDispose]();
  const lock = makersLock(join(cache, "disks", key));
  expect(await removeMade(cache, row)).toBe(true);
  expect(existsSync(lock)).toBe(true);
  await using _ = await tryLock(lock);
  expect(await tryLock(lock)).toBeUndefined();
  expect(await removeMade(cache, row)).toBe(false);
});

test("what is gone while it is listed is not there", async () => {
  await mkdir(join(cache, "disks", key), { recursive: true });
  const listing = listMade(cache);
  await rm(join(cache, "disks", key), { recursive: true });
  expect((await listing).length).toBeLessThanOrEqual(1);
});
