import { utimes } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type CacheRow, listCache, overLimits, pruneCache } from "../../src/images/cache.ts";
import { type Cache, type Entry, entryPath, labelsOf, lockPath, remember } from "../../src/images/entry.ts";
import { keyOf } from "../../src/images/key.ts";
import { lock } from "../../src/images/lock.ts";
import { fakeEngine } from "./fake-engine.ts";
import { folder } from "./folder.ts";

const now = new Date("2026-01-31T00:00:00.000Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

async function filled() {
  const cache: Cache = { folder: await folder(), maxAgeMs: 1, fresh: false };
  const engine = fakeEngine();
  const add = async (
    of: string,
    days: number,
    kind: Entry["kind"] = "rootfs",
    source: "registry" | "bootstrap" = "bootstrap",
  ) => {
    const key = keyOf(of);
    const { id } = await engine.importTar(undefined as never, labelsOf(cache, key));
    const image = { source, reference: "r", digest: "d", pinned: false };
    const madeAt = daysAgo(days).toISOString();
    await remember(cache, { schemaVersion: 1, kind, key, of, imageId: id, sizeBytes: 100, madeAt, image, events: [] });
    await utimes(entryPath(cache, kind, key), daysAgo(days), daysAgo(days));
    return { key, id };
  };
  return { cache, engine, add };
}

describe("listCache", () => {
  test("most recently used first; what is broken or no entry is not there", async () => {
    const { cache, add } = await filled();
    await add("old", 9);
    await add("new", 1, "base");
    expect((await listCache(cache)).map(row => [row.kind, row.of, row.usedAt])).toEqual([
      ["base", "new", daysAgo(1).toISOString()],
      ["rootfs", "old", daysAgo(9).toISOString()],
    ]);
    expect(await listCache({ folder: "/no/such" })).toEqual([]);
  });
});

describe("overLimits", () => {
  const row = (days: number, sizeBytes: number) => ({ usedAt: daysAgo(days).toISOString(), sizeBytes }) as CacheRow;
  const rows = [row(1, 50), row(2, 60), row(30, 1)];

  test.each([
    [{}, 0],
    [{ maxAgeDays: 10 }, 1],
    [{ maxBytes: 110 }, 1],
    [{ maxBytes: 109 }, 2],
    [{ maxBytes: 0 }, 3],
    [{ maxAgeDays: 0.5, maxBytes: 1000 }, 3],
  ])("%j: %i", (limits, count) => {
    expect(overLimits(rows, limits, now)).toEqual(rows.slice(rows.length - count));
  });
});

describe("pruneCache", () => {
  test("removes images with their records", async () => {
    const { cache, engine, add } = await filled();
    const old = await add("old", 9);
    const kept = await add("new", 1);
    const { rows } = await pruneCache(engine, cache, { maxAgeDays: 5 }, now);
    expect(rows.map(row => row.of)).toEqual(["old"]);
    expect([...engine.store.keys()]).toEqual([kept.id]);
    expect((await listCache(cache)).map(row => row.key)).toEqual([kept.key]);
    expect(engine.store.has(old.id)).toBe(false);
  });

  test("an image goes before the one that it was made of, whichever was used last", async () => {
    const { cache, engine, add } = await filled();
    const shipped = await add("shipped", 9);
    const candidate = await add("candidate", 8);
    await utimes(entryPath(cache, "rootfs", shipped.key), daysAgo(1), daysAgo(1));
    const removeImage = async (id: string) => {
      if (id !== shipped.id || !engine.store.has(candidate.id)) await engine.removeImage(id);
    };
    const { rows } = await pruneCache({ ...engine, removeImage }, cache, { maxBytes: 0 }, now);
    expect(rows.map(row => row.of)).toEqual(["candidate", "shipped"]);
  });

  test("leaves alone what is being made, and what a container uses", async () => {
    const { cache, engine, add } = await filled();
    const made = await add("made", 9);
    const used = await add("used", 9);
    await using _ = await lock(lockPath(cache, "rootfs", made.key), () => {});
    const busy = { ...engine, removeImage: async () => {} };
    expect((await pruneCache(busy, cache, { maxBytes: 0 }, now)).rows).toEqual([]);
    expect([...engine.store.keys()]).toEqual([made.id, used.id]);
    expect(await listCache(cache)).toHaveLength(2);
  });

  test("forgets an image that came from a registry, and leaves it to those who use it, too", async () => {
    const { cache, engine, add } = await filled();
    const { id } = await add("pulled", 9, "base", "registry");
    engine.store.set(id, { id, labels: {}, sizeBytes: 100 });
    expect((await pruneCache(engine, cache, { maxBytes: 0 }, now)).rows).toHaveLength(1);
    expect(engine.store.has(id)).toBe(true);
    expect(await listCache(cache)).toEqual([]);
  });

  test("removes images of this cache that it does not remember, and no other's", async () => {
    const { cache, engine, add } = await filled();
    const kept = await add("new", 1);
    const stray = await engine.importTar(undefined as never, labelsOf(cache, keyOf("stray")));
    const others = await engine.importTar(undefined as never, labelsOf({ folder: "/elsewhere" }, keyOf("x")));
    expect(await pruneCache(engine, cache, {}, now)).toEqual({ rows: [], strays: 1 });
    expect([...engine.store.keys()]).toEqual([kept.id, others.id]);
    expect(engine.store.has(stray.id)).toBe(false);
  });
});
