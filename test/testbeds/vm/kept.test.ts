import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { type KeepOptions, keep } from "../../../src/testbeds/vm/kept.ts";

let cache: string;
let made: number;
let changed: string[];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "kv-kept-"));
  made = 0;
  changed = [];
});
afterEach(() => rm(cache, { recursive: true }));

const record = z.object({ number: z.number() });
const want = (changes: Partial<KeepOptions<{ number: number }>> = {}) =>
  keep({
    cache,
    kind: "disks",
    key: "k",
    record,
    fresh: false,
    onWait: () => {},
    onChanged: path => changed.push(path),
    make: async folder => {
      made += 1;
      await writeFile(join(folder, "file"), `contents ${made}`);
      return { record: { number: made }, files: [{ name: "file" }] };
    },
    ...changes,
  });

test("is made once, and found after that", async () => {
  const first = await want();
  const second = await want();
  expect([first.cached, second.cached]).toEqual([false, true]);
  expect(second.record).toEqual({ number: 1 });
  expect(second.digests.get("file")).toMatch(/^[0-9a-f]{64}$/);
  expect(changed).toEqual([]);
  expect(await readFile(join(second.folder, "file"), "utf8")).toBe("contents 1");
});

test("two at once make it once", async () => {
  const both = await Promise.all([want(), want()]);
  expect(both.map(({ cached }) => cached).sort()).toEqual([false, true]);
  expect(made).toBe(1);
});

test.each([
  ["changed", (path: string) => writeFile(path, "contents 9")],
  ["cut off", (path: string) => truncate(path, 3)],
  ["removed", (path: string) => rm(path)],
  ["replaced by a folder", (path: string) => rm(path).then(() => mkdir(path))],
])("a file that was %s is told of, and all is made again", async (_, spoil) => {
  const { folder } = await want();
  await spoil(join(folder, "file"));
  expect(await want()).toMatchObject({ cached: false, record: { number: 2 } });
  expect(await readFile(join(folder, "file"), "utf8")).toBe("contents 2");
  expect(await want()).toMatchObject({ cached: true, record: { number: 2 } });
  expect(changed).toEqual([join(folder, "file")]);
});

test("what was changed and cannot be made again is not found later either", async () => {
  const { folder } = await want();
  await writeFile(join(folder, "file"), "contents 9");
  await expect(want({ make: () => Promise.reject(new Error("ENOSPC")) })).rejects.toThrow("ENOSPC");
  expect(await want()).toMatchObject({ cached: false, record: { number: 2 } });
});

test("a file that is another one with the same contents is as good", async () => {
  const { folder } = await want();
  const state = async () => JSON.parse(await readFile(join(folder, "record.json"), "utf8")).files[0].state;
  const before = await state();
  await writeFile(join(folder, "copy"), "contents 1");
  await rename(join(folder, "copy"), join(folder, "file"));
  expect((await want()).cached).toBe(true);
  expect(await state()).not.toBe(before);
  expect((await want()).cached).toBe(true);
  expect(changed).toEqual([]);
});

test("of a file with holes, what is not a hole counts", async () => {
  const make = async (folder: string) => {
    await writeFile(join(folder, "disk"), "head");
    await truncate(join(folder, "disk"), 10_000_000_000);
    return { record: { number: 0 }, files: [{ name: "disk", extents: [{ start: 0, length: 4096 }] }] };
  };
  const { folder } = await want({ make });
  expect((await want({ make })).cached).toBe(true);
  await truncate(join(folder, "disk"), 9_999_999_999);
  expect((await want({ make })).cached).toBe(false);
  expect(changed).toEqual([join(folder, "disk")]);
});

test("fresh makes it again", async () => {
  await want();
  expect(await want({ fresh: true })).toMatchObject({ cached: false, record: { number: 2 } });
  expect((await want()).record).toEqual({ number: 2 });
});

test("what fails leaves nothing, and nothing half made is found", async () => {
  const failing = want({
    make: async folder => {
      await writeFile(join(folder, "file"), "half");
      throw new Error("no");
    },
  });
  await expect(failing).rejects.toThrow("no");
  expect(await readdir(join(cache, "disks"))).toEqual(["k.lock", "k.use"]);
  expect((await want()).cached).toBe(false);
});

test("what fails to make it again leaves the one before", async () => {
  await want();
  const full = want({ fresh: true, make: () => Promise.reject(new Error("ENOSPC")) });
  await expect(full).rejects.toThrow("ENOSPC");
  expect(await want()).toMatchObject({ cached: true, record: { number: 1 } });
});

test("a record of another shape is as none", async () => {
  const { folder } = await want();
  await writeFile(join(folder, "record.json"), "{}");
  expect((await want()).cached).toBe(false);
});
