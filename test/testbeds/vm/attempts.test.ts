import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestbedGone } from "../../../src/model/testbed.ts";
import { attempt } from "../../../src/testbeds/vm/attempts.ts";
import { Stalled, type Started } from "../../../src/testbeds/vm/start.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "kv-attempts-"));
});
afterEach(() => rm(parent, { recursive: true }));

const started = {} as Started;
const stall = () => new Stalled("no sign of life", "infra.emulation-stall");

/** Fails as told, one start after the other, and then works. */
function starting(errors: readonly Error[]) {
  const folders: string[] = [];
  const start = async (folder: string) => {
    folders.push(folder);
    const error = errors[folders.length - 1];
    if (error !== undefined) throw error;
    return started;
  };
  return { folders, start };
}

test("a stall gets a fresh start, which is counted", async () => {
  const { folders, start } = starting([stall(), stall()]);
  expect(await attempt(parent, start)).toMatchObject({ started, stalls: 2 });
  expect(new Set(folders).size).toBe(3);
});

test("three stalls are enough", async () => {
  const { folders, start } = starting([stall(), stall(), stall()]);
  await expect(attempt(parent, start)).rejects.toMatchObject({ code: "infra.emulation-stall" });
  expect(folders).toHaveLength(3);
});

test("whatever else goes wrong is not tried again", async () => {
  const { folders, start } = starting([new TestbedGone("panic", "infra.testbed-panic")]);
  await expect(attempt(parent, start)).rejects.toMatchObject({ code: "infra.testbed-panic" });
  expect(folders).toHaveLength(1);
});
