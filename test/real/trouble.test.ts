import { appendFile, cp, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { smallDisk } from "./as-root.ts";
import { codesOf, judge, noEngine } from "./clean-judge.ts";
import { type Watched, watch } from "./clean-run.ts";
import { openEngineProxy } from "./engine-proxy.ts";
import { docker } from "./engine-socket.ts";
import { openOwnEngine } from "./own-engine.ts";
import { cacheHome, readVerdict, run, saidOf, type Verified, verify } from "./pipeline.ts";

const contract = ["debian-13", "--tier", "contract", "--testbed", "container", "-v"];
const inContainer = ["debian-13", "--tier", "guest", "--testbed", "container", "-v"];
const inVm = ["debian-13", "--tier", "guest", "--testbed", "vm", "-v"];

/** Debian 13 where nothing happens to it. */
let shipped: Verified;
/** Only the VM that is a testbed has it: the contract tier runs QEMU too, and may not have ended. */
const vmDisk = "overlay.qcow2";
const begun = new Date();

beforeAll(async () => {
  shipped = await verify("trouble-shipped", inContainer);
  expect(shipped.cell.checks.filter(({ gating, outcome }) => gating && outcome === "fail")).toEqual([]);
}, 900_000);

/**
 * The end of a run that met trouble, within so many seconds: it could not tell of what it did not see any more, for one of these
 * reasons, and says of all else what it always does. Judged again that is the same.
 */
async function trouble(watched: Watched, codes: readonly string[], seconds: number): Promise<void> {
  const ended = await watched.ended();
  expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toMatchObject({ exitCode: 3 });
  expect(ended.stderr).not.toContain("harness.bug");
  expect(ended.tookSeconds).toBeLessThan(seconds);
  const { cells, finishedAt } = await readVerdict(watched.out);
  expect(finishedAt).not.toBeNull();
  const [cell] = cells;
  if (cell === undefined) throw new Error("a verdict without a cell");
  expect(cell.standing).toBe("inconclusive");
  expect(codesOf(cell).filter(code => codes.includes(code))).not.toEqual([]);
  const changed = Object.entries(saidOf(cell)).filter(([id, said]) => shipped.said[id] !== said);
  expect(changed.filter(([, said]) => !codes.some(code => said === `error ${code}`))).toEqual([]);
  expect(await judge(watched.out)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("identical") });
}

/** Every file below a folder, with what is in it. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(paths.map(async path => [path, await readFile(path, "utf8")] as const)));
}

/** Takes what room a disk has left, to the last byte. */
async function fill(path: string): Promise<void> {
  const took = (bytes: number) =>
    appendFile(path, Buffer.alloc(bytes)).then(
      () => true,
      () => false,
    );
  for (const bytes of [65_536, 4096]) while (await took(bytes));
}

describe("the engine is killed in the middle", () => {
  it("while the parts are asked: that is told at once, and the next start finds all clean", async () => {
    await using own = await openOwnEngine(begun);
    const engine = { engine: own.address, cache: own.cache };
    const watched = await watch("trouble-engine", contract, engine);
    await watched.until(/qemu\.version exited/);
    expect((await watched.containers()).length).toBeGreaterThan(0);
    await own.kill();
    await trouble(watched, ["infra.engine-gone"], 15);
    await own.restart();
    const next = await watch("trouble-engine-next", contract, engine);
    expect((await next.ended()).exitCode).toBe(0);
    expect(await watched.left()).toEqual([]);
    expect(await next.left()).toEqual([]);
  });

  it("while the guest boots in the VM, which ends with it", async () => {
    await using proxy = await openEngineProxy();
    const watched = await watch("trouble-engine-vm", inVm, { proxy: proxy.address.DOCKER_HOST });
    await watched.until(/exercise, booting the guest/);
    expect((await watched.processes("qemu-system")).length).toBeGreaterThan(0);
    proxy.kill();
    await trouble(watched, ["infra.engine-gone"], 15);
    await expect.poll(watched.left, { timeout: 20_000 }).toEqual([]);
  });
});

/** One that serves for a moment may have ended meanwhile. */
const killContainer = (id: string) =>
  docker
    .getContainer(id)
    .kill()
    .catch(error => {
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
    });

describe("the testbed is killed in the middle", () => {
  it("a container: while the parts are asked", async () => {
    const watched = await watch("trouble-container", contract);
    await watched.until(/qemu\.version exited/);
    for (const id of await watched.containers()) await killContainer(id);
    await trouble(watched, ["infra.testbed-gone"], 15);
    expect(await watched.left()).toEqual([]);
  });

  it("a VM: its QEMU, while the guest boots in it", async () => {
    const watched = await watch("trouble-vm", inVm);
    await watched.until(/exercise, booting the guest/);
    for (const pid of await watched.processes("qemu-system", vmDisk)) process.kill(pid, "SIGKILL");
    await trouble(watched, ["infra.testbed-gone"], 15);
    expect(await watched.left()).toEqual([]);
  });
});

/** A container and all that runs in it get so many MiB, and no swap. */
const limitMemory = (id: string, mib: number) =>
  docker.getContainer(id).update({ Memory: mib * 2 ** 20, MemorySwap: mib * 2 ** 20 });

/** The first version of cgroups refuses less than is in use, until it has taken back what it can. */
const patience = { timeout: 10_000, interval: 20 };

/** MiB of a container that the kernel cannot take back, in the words of either version of cgroups. */
async function heldMiB(id: string): Promise<number> {
  const { memory_stats } = await docker.getContainer(id).stats({ stream: false, "one-shot": true });
  const { anon, shmem, rss = anon ?? 0 } = memory_stats.stats as unknown as Record<string, number>;
  return Math.ceil((rss + (shmem ?? 0)) / 2 ** 20);
}

describe("memory runs out", () => {
  it.each([
    ["the guest", 90, ["infra.memory"]],
    ["all that is asked", 12, ["infra.memory", "infra.testbed-gone"]],
  ])("in a container: for %s", async (name, mib, codes) => {
    const watched = await watch(`trouble-memory-${name}`, inContainer);
    await watched.until(/looking for the parts/);
    for (const id of await watched.containers()) await vi.waitFor(() => limitMemory(id, mib), patience);
    await trouble(watched, codes, 120);
    expect(await watched.left()).toEqual([]);
  });

  it("on the runner: for the QEMU of the testbed's VM", async () => {
    const watched = await watch("trouble-memory-vm", inVm);
    await watched.until(/exercise, booting the guest/);
    // What it holds grows as the guest boots.
    await vi.waitFor(async () => {
      const held = await Promise.all((await watched.containers()).map(async id => ({ id, mib: await heldMiB(id) })));
      const [vm] = held.sort((a, b) => b.mib - a.mib);
      if (vm === undefined || vm.mib < 100) throw new Error(`no VM among ${JSON.stringify(held)}`);
      await limitMemory(vm.id, vm.mib + 32);
    }, patience);
    await trouble(watched, ["infra.memory"], 60);
    expect(await watched.left()).toEqual([]);
  });
});

describe("the disk for the results", () => {
  const journalKiB = async () => {
    const path = join(shipped.out, "debian-13", shipped.cell.arch, shipped.cell.scenario, "journal.ndjson");
    return Math.ceil((await stat(path)).size / 1024);
  };

  /** A run that could not write all: what there is of it is whole, and accuses nobody. */
  async function full(watched: Watched) {
    const ended = await watched.ended();
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toMatchObject({ exitCode: 3 });
    expect(ended.stderr).toContain("infra.disk-full");
    expect(ended.stderr).not.toContain("harness.bug");
    expect(await watched.left()).toEqual([]);
    for (const [path, text] of Object.entries(await contents(watched.out)))
      if (path.endsWith(".json")) expect(() => JSON.parse(text), path).not.toThrow();
    const judged = await judge(watched.out);
    expect(judged.cell.checks.filter(({ gating, outcome }) => gating && outcome === "fail")).toEqual([]);
    return judged.cell;
  }

  it("is full before the journal ends: what it has is judged", async () => {
    const out = await smallDisk(Math.round((await journalKiB()) / 4));
    const cell = await full(await watch("trouble-disk-journal", contract, { out }));
    expect(cell.standing).toBe("inconclusive");
  });

  it("is full after the journal: nothing is lost that judging needs", async () => {
    const out = await smallDisk((await journalKiB()) + 48);
    const cell = await full(await watch("trouble-disk-evidence", contract, { out }));
    expect(cell.standing).toBe("provisional");
  });

  it("is full from the beginning: what an earlier run left is as it was", async () => {
    const out = await smallDisk(4 * 1024);
    await cp(shipped.out, out, { recursive: true });
    const before = await contents(out);
    await fill(join(out, "full"));
    const { exitCode, stderr } = await run(["verify", ...contract, "--out", out], { env: noEngine });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("infra.disk-full");
    await rm(join(out, "full"));
    expect(await contents(out)).toEqual(before);
  });

  it("is read-only: that is told before anything is done", async () => {
    const out = await smallDisk(64, "ro");
    const { exitCode, stdout, stderr } = await run(["verify", ...contract, "--out", out], { env: noEngine });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/The results folder .* cannot be written: EROFS\n.*--out DIR/);
  });
});

describe("the disk for the cache", () => {
  it("is full when the testbed's disk is made: nothing half-made is kept", async () => {
    const cache = await smallDisk(64 * 1024);
    const own = join(cache, "kata-verify");
    await mkdir(own);
    for (const kind of ["base", "rootfs", "tools", "initramfs", "preflight"])
      await symlink(join(cacheHome, "kata-verify", kind), join(own, kind));
    const watched = await watch("trouble-disk-cache", inVm, { cache });
    await trouble(watched, ["infra.disk-full"], 120);
    expect(await watched.left()).toEqual([]);
    expect((await readdir(join(own, "disks"))).filter(name => !/\.(?:lock|use)$/.test(name))).toEqual([]);
  });
});
