import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openScratch, partOf, sweepCache, sweepScratch } from "../../src/images/scratch.ts";
import { ownName } from "../../src/testbeds/engine/owner.ts";
import { folder } from "./folder.ts";

test("is gone with its scope, and others may enter", async () => {
  const scratch = await openScratch(await folder());
  expect(statSync(scratch.path).mode & 0o777).toBe(0o755);
  await writeFile(join(scratch.path, "f"), "");
  await scratch[Symbol.asyncDispose]();
  expect(existsSync(scratch.path)).toBe(false);
});

test("a sweep takes what the dead left, and nothing else", async () => {
  const parent = await folder();
  await using own = await openScratch(parent);
  const [, , place] = ownName().split(":");
  for (const name of [`kata-verify-4194305-1-${place}-abc`, "kata-verify-notes", "other"])
    await mkdir(join(parent, name));
  expect(await sweepScratch(parent)).toBe(1);
  expect(existsSync(own.path)).toBe(true);
  expect(existsSync(join(parent, "kata-verify-notes"))).toBe(true);
  expect(existsSync(join(parent, `kata-verify-4194305-1-${place}-abc`))).toBe(false);
});

test("a sweep takes the parts of the dead, however deep the cache has them, and nothing else", async () => {
  const cache = await folder();
  const [, , place] = ownName().split(":");
  const dead = `part-4194305-1-${place}-0123abcd`;
  await mkdir(join(cache, "disks", `key.${dead}`, "modules"), { recursive: true });
  const own = partOf(join(cache, "disks", "key"));
  await mkdir(join(cache, "tools", "key"), { recursive: true });
  const record = join(cache, "tools", "key", `record.json.${dead}`);
  for (const path of [own, join(cache, "disks", "key"), join(cache, `x.json.${dead}`), join(cache, "x.part"), record])
    await writeFile(path, "");
  expect(await sweepCache(cache)).toBe(3);
  expect(readdirSync(join(cache, "tools", "key"))).toEqual([]);
  expect(readdirSync(cache).sort()).toEqual(["disks", "tools", "x.part"]);
  expect(readdirSync(join(cache, "disks")).sort()).toEqual(["key", basename(own)]);
});

test("renamed, no sweep takes it and its scope does; a name that is taken gets a suffix", async () => {
  const parent = await folder();
  await mkdir(join(parent, "kept-a", "from-before"), { recursive: true });
  const scratch = await openScratch(parent);
  await writeFile(join(scratch.path, "f"), "");
  const path = await scratch.rename("kept-a");
  expect(path).toMatch(/\/kept-a-[0-9a-f]{4}$/);
  expect(readdirSync(parent).sort()).toEqual(["kept-a", basename(path)]);
  expect(existsSync(join(path, "f"))).toBe(true);
  await scratch[Symbol.asyncDispose]();
  expect(readdirSync(parent)).toEqual(["kept-a"]);
});
