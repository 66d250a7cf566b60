import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VmOptions } from "../../../src/testbeds/vm/options.ts";
import { NotSaved, prepareSnapshot } from "../../../src/testbeds/vm/snapshot.ts";
import type { Started } from "../../../src/testbeds/vm/start.ts";

test("a machine that is not as it should be is neither saved nor ended, and goes on", async () => {
  const cache = await mkdtemp(join(tmpdir(), "kv-snapshot-"));
  const options = { cache, fresh: false, tell: () => {} } as unknown as VmOptions;
  const booted = { started: {} as Started, folder: "/nowhere", stalls: 0, unworthy: "containerd did not come up" };
  const boots: string[] = [];
  const prepared = () =>
    prepareSnapshot(options, { disk: "d" }, async () => {
      boots.push("boot");
      return booted;
    });
  try {
    const error: unknown = await prepared().catch(thrown => thrown);
    expect(error).toBeInstanceOf(NotSaved);
    expect(error).toMatchObject({ message: "containerd did not come up", booted: { started: booted.started } });
    await expect(prepared()).rejects.toThrow(NotSaved);
    expect(boots).toEqual(["boot", "boot"]);
    expect((await readdir(join(cache, "snapshots"))).filter(name => !/\.(?:lock|use)$/.test(name))).toEqual([]);
  } finally {
    await rm(cache, { recursive: true });
  }
});
