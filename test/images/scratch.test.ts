import { existsSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openScratch, sweepScratch } from "../../src/images/scratch.ts";
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
