import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { guestParts } from "../../src/commands/guest-parts.ts";
import type { Engine } from "../../src/testbeds/engine.ts";

let folder: string;
let made: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-guest-parts-"));
  made = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const tools = { imageId: "sha256:0", key: "", standin: new Uint8Array(), busybox: new Uint8Array() };
const engine = {} as Engine;
const key = "0".repeat(64);

async function initramfs(fresh = false): Promise<string> {
  const { keep } = guestParts({ engine, tools, run: "", folder: join(folder, "initramfs"), fresh });
  const make = async () => {
    made += 1;
    return Buffer.from(`archive ${made}`);
  };
  return Buffer.from((await keep?.(key, make)) ?? []).toString();
}

test("a guest's archive is made once, and found after that", async () => {
  expect([await initramfs(), await initramfs(), await initramfs(true), await initramfs()]).toEqual([
    "archive 1",
    "archive 1",
    "archive 2",
    "archive 2",
  ]);
  expect(await readdir(join(folder, "initramfs"))).toEqual([key]);
});

test.each([
  [
    "changed",
    async (path: string) =>
      writeFile(path, (await readFile(path, "latin1")).replace("archive 1", "archive 9"), "latin1"),
  ],
  ["cut off", (path: string) => truncate(path, 36)],
  ["emptied", (path: string) => truncate(path, 0)],
])("one that was %s is made again: a guest that fails on it would be its distro's failure", async (_, spoil) => {
  await initramfs();
  await spoil(join(folder, "initramfs", key));
  expect([await initramfs(), await initramfs()]).toEqual(["archive 2", "archive 2"]);
});
