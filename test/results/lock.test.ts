import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/model/failure.ts";
import { lockFile, lockResults } from "../../src/results/lock.ts";
import { ensureWritable } from "../../src/results/writable.ts";
import { ownName } from "../../src/testbeds/engine/owner.ts";
import { built, folder } from "./built.ts";

const dir = folder("lock");
afterAll(() => rmSync(dir, { recursive: true }));

describe("the lock of a results folder", () => {
  it("is refused to a second run, which is told who has it and changes nothing", () => {
    const out = folder("locked");
    using _ = lockResults(out, "kata-verify, process 42");
    expect(() => lockResults(out, "me")).toThrow(/is in use by kata-verify, process 42$/);
    expect(() => lockResults(out, "me")).toThrow(UsageError);
    expect(readFileSync(join(out, lockFile), "utf8")).toBe("kata-verify, process 42\n");
    rmSync(out, { recursive: true });
  });

  it("is free again when it is let go, and leaves no file", () => {
    for (let round = 0; round < 3; round += 1) {
      using _ = lockResults(dir, `round ${round}`);
      expect(existsSync(join(dir, lockFile))).toBe(true);
    }
    expect(existsSync(join(dir, lockFile))).toBe(false);
  });

  it("dies with its holder, even by kill -9", async () => {
    const out = folder("killed");
    const child = spawn(process.execPath, [built("lock-holder.ts", dir), out], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(() => lockResults(out, "me")).toThrow(`process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    using _ = lockResults(out, "me");
    expect(readFileSync(join(out, lockFile), "utf8")).toBe("me\n");
    rmSync(out, { recursive: true });
  });
});

describe("a results folder that cannot be written", () => {
  it("is a mistake of the person at the door", async () => {
    writeFileSync(join(dir, "file"), "");
    for (const out of [join(dir, "file", "results"), join(dir, "file"), "/proc/results"])
      await expect(ensureWritable("results", out, "")).rejects.toThrow(UsageError);
    await expect(ensureWritable("results", join(dir, "file"), "")).rejects.toThrow(/cannot be written: E/);
  });

  it("is rid of what a killed run left in it of its own, and of nothing else", async () => {
    const out = folder("probed");
    const [, , place] = ownName().split(":");
    writeFileSync(join(out, `.probe.part-4194305-1-${place}-0123abcd`), "");
    writeFileSync(join(out, ".probe"), "");
    await ensureWritable("results", out, "");
    expect(readdirSync(out)).toEqual([".probe"]);
    rmSync(out, { recursive: true });
  });

  it("is made where it is missing, and nothing is left in it", async () => {
    await ensureWritable("results", join(dir, "new", "results"), "");
    expect(readdirSync(join(dir, "new", "results"))).toEqual([]);
  });
});
