import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pruneCache } from "../../src/images/cache.ts";
import { type Cache, entryPath, placeOf } from "../../src/images/entry.ts";
import type { Extra } from "../../src/images/install.ts";
import { usersLock } from "../../src/images/lock.ts";
import { prepare } from "../../src/images/rootfs.ts";
import type { Event } from "../../src/model/evidence.ts";
import type { Target } from "../../src/model/target.ts";
import { PullFailed } from "../../src/testbeds/engine.ts";
import { recorded } from "../packages/recorded.ts";
import { apt, debian } from "./debian.ts";
import { type FakeEngine, fakeEngine, type Said } from "./fake-engine.ts";
import { folder } from "./folder.ts";

interface Asked {
  readonly engine?: FakeEngine;
  readonly target?: Target;
  readonly candidates?: readonly string[];
  readonly virtiofsd?: string;
  readonly also?: readonly Extra[];
}

async function preparer(run: (command: string) => Said = apt) {
  const cache: Cache = { folder: await folder(), maxAgeMs: 60_000, fresh: false };
  const engine = fakeEngine({ run });
  const go = async (asked: Asked = {}, changes: Partial<Cache> = {}) => {
    const events: Event[] = [];
    const rootfs = await prepare(asked.engine ?? engine, asked.target ?? debian, "amd64", {
      run: "r",
      cache: { ...cache, ...changes },
      standin: Buffer.from("ELF"),
      candidates: asked.candidates ?? [],
      ...(asked.virtiofsd === undefined ? {} : { files: [{ part: "virtiofsd", file: asked.virtiofsd }] }),
      also: asked.also ?? [],
      emit: event => events.push(event),
      tell: () => {},
    });
    const facts = Object.fromEntries(events.flatMap(one => (one.kind === "fact" ? [[one.name, one.value]] : [])));
    const steps = events.flatMap(one => (one.kind === "observed" ? [one.step] : []));
    return { ...rootfs, events, facts, steps };
  };
  return { go, engine, cache };
}

describe("prepare", () => {
  test("installs what the distro has, and leaves what it lacks to the checks", async () => {
    const { go, engine } = await preparer();
    const made = await go();
    expect(engine.asked).toContainEqual(
      expect.stringMatching(/install -- linux-image-amd64 qemu-guest-agent qemu-system-x86$/),
    );
    expect(made.steps).toEqual([
      "install.refresh",
      "install.policy",
      "install.packages",
      "install.manifest",
      "install.repositories",
      "install.clean",
    ]);
    const repository = { name: "Debian trixie/main", own: true };
    expect(made.facts["packages"]).toContainEqual({
      name: "qemu-system-x86",
      version: "1.0",
      arch: "amd64",
      repository,
    });
    expect(made.facts["image"]).toEqual({
      source: "registry",
      reference: "r.example/debian:13",
      digest: `sha256:${"d".repeat(64)}`,
      pinned: false,
    });
    expect(made.facts["rootfs"]).toEqual({ key: made.key, cached: false });
    expect(JSON.stringify(made.events)).not.toContain("deb.example.org");
    expect(engine.asked.at(-1)).toBe("dispose");
  });

  test("a second time asks nobody, and tells the same", async () => {
    const { go, engine } = await preparer();
    const first = await go();
    const asked = engine.asked.length;
    const second = await go();
    expect(engine.asked.length).toBe(asked);
    expect(second).toMatchObject({ imageId: first.imageId, key: first.key, cached: true });
    expect(second.events.slice(0, -1)).toEqual(first.events.slice(0, -1));
    expect(second.facts["rootfs"]).toEqual({ key: first.key, cached: true });
  });

  test("two at once make it once", async () => {
    const { go, engine } = await preparer();
    const both = await Promise.all([go(), go()]);
    expect(both.map(one => one.cached).sort()).toEqual([false, true]);
    expect(engine.asked.filter(one => one === "commit")).toHaveLength(1);
  });

  test("everything that goes in changes the key", async () => {
    const { go } = await preparer();
    const key = (await go()).key;
    const other = { ...debian, packages: { ...debian.packages, harness: [] } };
    const backports = { ...debian, repositories: [{ suite: "trixie-backports", components: ["main"], prefer: true }] };
    expect((await go({ target: other })).key).not.toBe(key);
    expect((await go({ target: backports })).key).not.toBe(key);
    const file = join(await folder(), "qemu.deb");
    await writeFile(file, "deb");
    expect((await go({ candidates: [file] })).key).not.toBe(key);
  });

  test("what only the kata tier takes is installed where that is asked for, and of the distro only what it has", async () => {
    const { go, engine } = await preparer();
    const { packages } = debian;
    const target = {
      ...debian,
      packages: { ...packages, containerd: ["containerd", "qemu-guest-agent"], kata: ["kata"] },
    };
    await go({ target });
    expect(engine.asked.some(one => /policy[\s\S]* containerd/.test(one))).toBe(false);
    const plain = await go({ target: debian });
    expect(await go({ target })).toMatchObject({ cached: true, key: plain.key });
    await go({ target, also: ["containerd", "kata"] });
    expect((await go({ target, also: ["containerd"] })).key).not.toBe(plain.key);
    expect(engine.asked).toContainEqual(expect.stringMatching(/policy[\s\S]* containerd kata /));
  });

  test("a candidate is installed on top and never called shipped", async () => {
    const { go, engine } = await preparer();
    const file = join(await folder(), "qemu_2.deb");
    await writeFile(file, "deb");
    const made = await go({ candidates: [file] });
    expect(engine.written.map(one => one.path)).toContain("/run/kata-verify/candidates/1/qemu_2.deb");
    expect(made.steps).toContain("install.candidates");
    const qemu = { name: "qemu-system-x86", version: "1.0", arch: "amd64", repository: null, candidate: true };
    expect(made.facts["packages"]).toContainEqual(qemu);
  });

  test("a part that the user built is put where no package puts anything, and is no package", async () => {
    const { go, engine } = await preparer();
    const file = join(await folder(), "virtiofsd");
    await writeFile(file, "first");
    const shipped = await go();
    const first = await go({ virtiofsd: file });
    const path = "/usr/local/libexec/virtiofsd";
    expect(engine.written.map(one => one.path)).toContain(path);
    expect(first.facts["brought"]).toEqual([
      { part: "virtiofsd", path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(first.facts["packages"]).toEqual(shipped.facts["packages"]);
    expect(shipped.facts["brought"]).toBeUndefined();
    expect((await go({ virtiofsd: file })).cached).toBe(true);
    await writeFile(file, "second");
    const second = await go({ virtiofsd: file });
    expect(second.cached).toBe(false);
    expect(new Set([shipped.key, first.key, second.key]).size).toBe(3);
    expect((await go()).imageId).toBe(shipped.imageId);
  });

  test("candidates of one name, from different folders, are all installed, and each once", async () => {
    let names = ["qemu-system-x86", "virtiofsd"];
    const { go, engine } = await preparer(cmd => (cmd.includes("dpkg-deb") ? { stdout: names.join("\n") } : apt(cmd)));
    const candidates = await Promise.all(
      ["a deb", "another", "a deb"].map(async contents => {
        const file = join(await folder(), "package.deb");
        await writeFile(file, contents);
        return file;
      }),
    );
    await go({ candidates });
    const put = engine.written.filter(one => one.path.includes("candidates"));
    expect(put.map(({ path }) => path)).toEqual([1, 2].map(at => `/run/kata-verify/candidates/${at}/package.deb`));
    expect(engine.asked).toContainEqual(expect.stringMatching(/install.* \S+\/1\/package\.deb \S+\/2\/package\.deb$/));
    names = ["virtiofsd", "virtiofsd"];
    await expect(go({ candidates: candidates.slice(1) })).rejects.toMatchObject({
      reason: {
        code: "package.candidate-uninstallable",
        detail: "package.deb and package.deb are the same package, virtiofsd: name one of them",
      },
    });
  });

  test("what the distro ships is installed once for all candidates, and is as it was afterwards", async () => {
    const { go, engine } = await preparer();
    const shipped = await go();
    const files = await Promise.all(
      ["deb", "another deb"].map(async contents => {
        const file = join(await folder(), "qemu_2.deb");
        await writeFile(file, contents);
        return file;
      }),
    );
    for (const file of files) {
      const made = await go({ candidates: [file] });
      expect(made.cached).toBe(false);
      expect(made.imageId).not.toBe(shipped.imageId);
      expect(await go({ candidates: [file] })).toMatchObject({ imageId: made.imageId, cached: true });
    }
    expect(engine.asked.filter(one => /install -- linux-image-amd64/.test(one))).toHaveLength(1);
    expect(engine.asked.filter(one => one === `start ${shipped.imageId}`)).toHaveLength(2);
    expect(await go()).toMatchObject({ imageId: shipped.imageId, cached: true });
    expect((await go()).facts["packages"]).toEqual(shipped.facts["packages"]);
  });

  test.each([
    ["asks for what nobody has", "apt-get", "apt-unmet", "kv-nowhere (>= 2) but it is not installable"],
    ["conflicts with what is there", "apt-get", "apt-conflict", "Conflicts: dash"],
    ["fails in its own script", "apt-get", "apt-postinst", "returned an error code"],
    ["is no package", "dpkg-deb", "dpkg-deb-no-package", "not a Debian format archive"],
    ["is broken", "dpkg-deb", "dpkg-deb-broken", "compressed data is corrupt"],
  ])("a candidate that %s is the user's, never the distro's", async (_, program, name, detail) => {
    const { ending, stdout, stderr } = recorded(name);
    const code = ending.kind === "exited" ? ending.code : Number.NaN;
    const failing = (cmd: string) => cmd.includes("candidates/") && cmd.includes(program);
    const { go } = await preparer(cmd => (failing(cmd) ? { stdout, stderr, ending: `exited ${code}` } : apt(cmd)));
    const file = join(await folder(), "qemu_2.deb");
    await writeFile(file, "deb");
    await expect(go({ candidates: [file] })).rejects.toMatchObject({
      name: "Unprepared",
      stage: "install",
      reason: { code: "package.candidate-uninstallable", blames: "runner", detail: expect.stringContaining(detail) },
    });
    expect(await go()).toMatchObject({ cached: true });
  });

  test("a disk that is full of a candidate is still a full disk, and an unknown text unknown", async () => {
    const file = join(await folder(), "qemu_2.deb");
    await writeFile(file, "deb");
    const says = async (stderr: string) => {
      const installing = (cmd: string) => cmd.includes("candidates/") && cmd.includes("apt-get");
      const { go } = await preparer(cmd => (installing(cmd) ? { stderr, ending: "exited 100" } : apt(cmd)));
      return go({ candidates: [file] }).catch(error => error.reason.code);
    };
    expect(await says("dpkg: error: No space left on device")).toBe("infra.disk-full");
    expect(await says("E: The moon is in the wrong quarter")).toBe("harness.output-unreadable");
  });

  test("candidates are installed again when what the distro ships was", async () => {
    const { go } = await preparer();
    const file = join(await folder(), "qemu_2.deb");
    await writeFile(file, "deb");
    const first = await go({ candidates: [file] });
    await go({}, { fresh: true });
    const second = await go({ candidates: [file] });
    expect(second).toMatchObject({ cached: false });
    expect(second.key).not.toBe(first.key);
  });
});

describe("what was made before is made again", () => {
  test.each<[string, (at: Awaited<ReturnType<typeof preparer>>, key: string, id: string) => Promise<unknown>]>([
    ["when its image is gone", async ({ engine }, _, id) => engine.store.delete(id)],
    [
      "when its image is another one now",
      async ({ engine }, _, id) => engine.store.set(id, { id, labels: {}, sizeBytes: 1 }),
    ],
    ["when its record is cut off", async ({ cache }, key) => writeFile(entryPath(cache, "rootfs", key), '{"sha256":"')],
    [
      "when its record was changed",
      async ({ cache }, key) => {
        const path = entryPath(cache, "rootfs", key);
        await writeFile(path, (await readFile(path, "utf8")).replace("linux-image-amd64", "linux-image-other"));
      },
    ],
  ])("%s", async (_, harm) => {
    const at = await preparer();
    const { key, imageId } = await at.go();
    await harm(at, key, imageId);
    expect(await at.go()).toMatchObject({ key, cached: false });
    expect(await at.go()).toMatchObject({ key, cached: true });
  });

  test("when it is too old, or when asked for; and the one before is removed", async () => {
    const { go, engine, cache } = await preparer();
    // In place of the end of the process that used it.
    const unused = (key: string) => rm(usersLock(placeOf(cache, "rootfs", key)));
    const first = await go();
    await unused(first.key);
    const second = await go({}, { maxAgeMs: -1 });
    await unused(first.key);
    const third = await go({}, { fresh: true });
    expect([second.cached, third.cached]).toEqual([false, false]);
    expect(engine.asked).toContain(`remove ${first.imageId}`);
    expect(engine.asked).toContain(`remove ${second.imageId}`);
    expect(await go()).toMatchObject({ imageId: third.imageId, cached: true });
  });

  test("and the one before stays while somebody uses it", async () => {
    const { go, engine } = await preparer();
    const first = await go();
    await go({}, { fresh: true });
    expect(engine.asked).not.toContain(`remove ${first.imageId}`);
  });
});

test("what was prepared is not pruned while this process runs", async () => {
  const { go, engine, cache } = await preparer();
  const { imageId } = await go();
  expect(await pruneCache(engine, cache, { maxBytes: 0 })).toEqual({ rows: [], strays: 0 });
  expect(engine.store.has(imageId)).toBe(true);
  expect(await go()).toMatchObject({ imageId, cached: true });
});

describe("what cannot be prepared", () => {
  test("is stopped with the mirror's reason, and nothing is remembered", async () => {
    const { go } = await preparer();
    const stderr = "E: Release file for http://h/dists/trixie/InRelease is expired (invalid since 3d)\n";
    const engine = fakeEngine({
      run: command => (command.includes("update") ? { stderr, ending: "exited 100" } : apt(command)),
    });
    await expect(go({ engine })).rejects.toMatchObject({ stage: "install", reason: { code: "infra.mirror-stale" } });
    expect(engine.asked.at(-1)).toBe("dispose");
    expect(await go({ engine: fakeEngine({ run: apt }) })).toMatchObject({ cached: false });
  });

  test.each([
    ["infra.registry-down", "names no bootstrap"],
    ["image.not-found", "does not have the image"],
    ["image.unauthorized", "credentials"],
    ["image.digest-mismatch", "another image"],
  ] as const)("%s of a registry", async (code, message) => {
    const { go } = await preparer();
    const engine = fakeEngine({ pull: () => Promise.reject(new PullFailed("it said so", code)) });
    await expect(go({ engine })).rejects.toMatchObject({
      stage: "provision",
      reason: { code, message: expect.stringContaining(message), detail: "it said so" },
    });
  });

  test.each(["image.not-found", "image.unauthorized", "image.digest-mismatch"] as const)(
    "%s is not passed over by a bootstrap",
    async code => {
      const { go } = await preparer();
      const engine = fakeEngine({ pull: () => Promise.reject(new PullFailed("it said so", code)) });
      const target = { ...debian, bootstrap: { tool: "mmdebstrap" as const, suite: "trixie", components: ["main"] } };
      await expect(go({ engine, target })).rejects.toMatchObject({ reason: { code } });
    },
  );
});
