import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { judge } from "../real/clean-judge.ts";
import { temporaryFolder, watch } from "../real/clean-run.ts";
import { verify } from "../real/pipeline.ts";
import { kataTree, runcInDisguise } from "../real/sabotage/kata-trees.ts";

const moments = 20;
const short = ["debian-13", "--tier", "contract", "--testbed", "container"];

let folder: string;
let argv: readonly string[];
let wholeMs: number;

/** All tiers, with runc's shim under Kata's name: all is done that is done for Kata. Timed when nothing has to be made any more. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-kills-"));
  argv = ["debian-13", "--testbed", "vm", "--kata", await kataTree(folder, runcInDisguise)];
  await verify("kills-prepared", argv);
  const begin = performance.now();
  await verify("kills-timed", argv);
  wholeMs = performance.now() - begin;
});
afterAll(() => rm(folder, { recursive: true }));

it.each(Array.from({ length: moments }, (_, at) => at))(
  "killed at any moment it leaves what judges, and no more: %s",
  async at => {
    const temporary = await temporaryFolder();
    // One in each twentieth of the run.
    const after = Math.round(((at + Math.random()) / moments) * wholeMs);
    const watched = await watch("kills", argv, { temporary });
    await Promise.race([sleep(after), watched.running]);
    watched.running.kill("SIGKILL");
    const { signal } = await watched.ended();
    if (signal === "SIGKILL" && existsSync(join(watched.out, "debian-13/amd64/qemu-distro-kernel/journal.ndjson"))) {
      const { cell } = await judge(watched.out);
      expect(cell.notes, `after ${after} ms`).toContainEqual(expect.stringMatching(/did not end by itself/));
      const accused = cell.checks.filter(
        ({ gating, outcome, tier }) => gating && outcome === "fail" && tier !== "kata",
      );
      expect(accused, `after ${after} ms`).toEqual([]);
      expect(cell.standing, `after ${after} ms`).toMatch(/^(?:inconclusive|unsupported)$/);
    }
    // Into the same results: their lock is for the next run that wants them.
    const next = await watch("kills", short, { temporary, out: watched.out });
    expect((await next.ended()).exitCode).toBe(0);
    expect(await watched.left(), `after ${after} ms`).toEqual([]);
    expect(await next.left()).toEqual([]);
  },
);
