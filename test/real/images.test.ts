import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { baseImage } from "../../src/images/base.ts";
import { pruneCache } from "../../src/images/cache.ts";
import { type Cache, type Entry, remember } from "../../src/images/entry.ts";
import { keyOf } from "../../src/images/key.ts";
import { type PrepareOptions, prepare } from "../../src/images/rootfs.ts";
import type { Event, Package } from "../../src/model/evidence.ts";
import type { Target } from "../../src/model/target.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { arch, debian13, testCache } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { standin } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const small: Target = {
  ...debian13,
  packages: { ...debian13.packages, virtiofsd: ["virtiofsd", "no-such-package"] },
};

let engine: Engine;
let cache: Cache;
let options: Omit<PrepareOptions, "emit">;

/** The base of the tests' own cache, under another cache: what is installed here is nobody else's. */
async function borrowBase(): Promise<Entry> {
  const base = await baseImage(engine, debian13, arch, { cache: testCache, emit: () => {}, tell: () => {} });
  const madeAt = new Date().toISOString();
  const borrowed: Entry = { ...base, madeAt, image: { ...base.image, source: "registry" } };
  await remember(cache, borrowed);
  return borrowed;
}

beforeAll(async () => {
  engine = await openEngine();
  cache = { folder: await mkdtemp(join(tmpdir(), "kv-cache-")), maxAgeMs: 3_600_000, fresh: false };
  await borrowBase();
  options = { run, cache, standin: await standin(engine), candidates: [], tell: () => {} };
});

afterAll(async () => {
  await pruneCache(engine, cache, { maxBytes: 0 });
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
  await rm(cache.folder, { recursive: true });
});

async function prepared(target: Target, changes: Partial<PrepareOptions> = {}) {
  const events: Event[] = [];
  const emit = (event: Event) => void events.push(event);
  const made = await prepare(engine, target, arch, { ...options, emit, ...changes }).then(
    rootfs => ({ rootfs, error: undefined }),
    (error: unknown) => ({ rootfs: undefined, error }),
  );
  const facts = events.flatMap(one => (one.kind === "fact" && one.name === "packages" ? [one.value as Package[]] : []));
  const packages = facts.at(-1) ?? [];
  return { ...made, events, packages, virtiofsd: packages.find(one => one.name === "virtiofsd") };
}

test("two runs at once install it once; a third finds it", async () => {
  const said: string[] = [];
  const both = await Promise.all([1, 2].map(() => prepared(small, { tell: message => void said.push(message) })));
  expect(both.map(one => one.rootfs?.cached).sort()).toEqual([false, true]);
  expect(said).toContain("another run installs debian-13; waiting for it");
  const third = await prepared(small);
  expect(third.rootfs).toMatchObject({ cached: true, imageId: both[0]?.rootfs?.imageId });
  expect(third.packages).toEqual(both[0]?.packages);
  expect(third.virtiofsd).toMatchObject({
    repository: { name: expect.stringMatching(/^Debian trixie.*\/main$/), own: true },
  });
  expect(third.virtiofsd?.version).toMatch(/^\d/);
  expect(third.packages.every(one => one.repository !== null)).toBe(true);
  expect(JSON.stringify(third.events)).not.toMatch(/https?:\/\//);

  await using testbed = await engine.start({
    image: third.rootfs?.imageId ?? "",
    run,
    capabilities: [],
    devices: [],
    mounts: [],
    network: "none",
  });
  const version = await testbed.exec(["dpkg-query", "--show", `--showformat=\${Version}`, "virtiofsd"]);
  expect(Buffer.from(version.stdout).toString()).toBe(third.virtiofsd?.version);
  expect((await testbed.exec(["test", "-e", "/run/kata-verify/standin"])).code).toBe(1);
});

test("a candidate is on top of what the distro ships, and never called shipped", async () => {
  const base = await borrowBase();
  const folder = await mkdtemp(join(tmpdir(), "kv-deb-"));
  await using builder = await engine.start({
    image: base.imageId,
    run,
    capabilities: [],
    devices: [],
    mounts: [],
    network: "none",
  });
  const control =
    "Package: virtiofsd\nVersion: 99:1\nArchitecture: all\nMaintainer: T <t@example.invalid>\nDescription: t\n";
  await builder.put([
    { path: "/b/DEBIAN/control", contents: control },
    { path: "/b/usr/libexec/virtiofsd", contents: "#!/bin/sh\n", mode: 0o755 },
  ]);
  expect((await builder.exec(["dpkg-deb", "--build", "/b", "/virtiofsd_99.deb"])).code).toBe(0);
  const file = join(folder, "virtiofsd_99.deb");
  await writeFile(file, await builder.get("/virtiofsd_99.deb"));
  const made = await prepared(small, { candidates: [file] });
  expect(made.error).toBeUndefined();
  expect(made.virtiofsd).toEqual({
    name: "virtiofsd",
    version: "99:1",
    arch: "all",
    repository: null,
    candidate: true,
  });
  expect(made.packages.filter(one => one.candidate)).toHaveLength(1);
  await rm(folder, { recursive: true });
});

test("a mirror that does not answer is asked three times, and is the runner's trouble", async () => {
  const base = await borrowBase();
  await using builder = await engine.start({
    image: base.imageId,
    run,
    capabilities: [],
    devices: [],
    mounts: [],
    network: "none",
  });
  await builder.put([{ path: "/etc/apt/sources.list", contents: "deb http://127.0.0.1:9/debian trixie main\n" }]);
  const without = await builder.commit({ "io.kata-verify.test": run });
  const lost: Target = { ...small, image: { ...small.image, reference: "r.example/lost:1" } };
  const key = keyOf({ recipe: 1, arch, reference: lost.image.reference, digest: undefined, bootstrap: lost.bootstrap });
  await remember(cache, { ...base, key, imageId: without.id, image: { ...base.image, digest: without.id } });
  const made = await prepared(lost);
  expect(made.error).toMatchObject({ stage: "install", reason: { code: "infra.mirror-down", blames: "runner" } });
  expect(made.events.filter(one => one.kind === "observed" && one.step === "install.refresh")).toHaveLength(3);
  expect(made.events).toContainEqual({ kind: "fact", name: "retries", value: [{ what: "install.refresh", count: 2 }] });
  expect(JSON.stringify(made.events)).not.toContain("127.0.0.1");
  await engine.removeImage(without.id);
});

test("an interrupt ends it at once, and leaves no container", async () => {
  const controller = new AbortController();
  const interrupt = (message: string) => {
    if (message.startsWith("installing")) setTimeout(() => controller.abort(new Error("interrupted")), 300);
  };
  const fresh = { ...cache, fresh: false, folder: `${cache.folder}/other` };
  const base = await borrowBase();
  await remember(fresh, base);
  const made = await prepared(small, { cache: fresh, signal: controller.signal, tell: interrupt });
  expect(made.error).toMatchObject({ message: "interrupted" });
  await expect.poll(() => containersOf(`${runLabel}=${run}`)).toEqual([]);
});

test("pruned, it is gone, but not while somebody uses it", async () => {
  const before = await prepared(small);
  const used = await pruneCache(engine, cache, { maxBytes: 0 });
  expect(used.rows.map(row => row.imageId)).not.toContain(before.rootfs?.imageId);
  // A process lets go of what it has used when it ends: others then lock another file, as they do here.
  const names = await readdir(join(cache.folder, "rootfs"));
  for (const name of names.filter(one => one.endsWith(".use"))) await rm(join(cache.folder, "rootfs", name));
  const { rows } = await pruneCache(engine, cache, { maxBytes: 0 });
  expect(rows.map(row => row.imageId)).toContain(before.rootfs?.imageId);
  expect(await engine.image(before.rootfs?.imageId ?? "")).toBeUndefined();
});
