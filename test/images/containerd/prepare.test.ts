import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TarEntry } from "modern-tar";
import { describe, expect, test } from "vitest";
import { type AdditionPins, readAdditionPins } from "../../../src/images/containerd/pins.ts";
import { type AdditionOptions, prepareAddition } from "../../../src/images/containerd/prepare.ts";
import type { Event } from "../../../src/model/evidence.ts";
import type { AdditionId } from "../../../src/model/words.ts";
import { fakeEngine } from "../fake-engine.ts";
import { folder } from "../folder.ts";
import { fileEntry, linkEntry, tarGz } from "../kata/release-files.ts";
import { fileServer, give, type Serving } from "../release/file-server.ts";

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** As upstream packs it, with a program that nothing here uses. */
const programs = ["bin/containerd", "bin/containerd-shim-runc-v2", "bin/containerd-stress", "bin/ctr"];
const upstreams = () => tarGz(programs.map(name => fileEntry(name, `the program ${name}`, 0o755)));

interface Site {
  readonly bytes: Buffer;
  readonly pinned?: string;
  /** What the page says; a page without any digest where nothing is given. */
  readonly stated?: string;
  readonly serving?: (count: number) => Serving;
}

async function getting(name: AdditionId, { bytes, pinned, stated, serving = () => ({}) }: Site) {
  const count = { of: 0 };
  const { origin, asked } = await fileServer((request, response) => {
    if (request.url === "/page") return response.end(JSON.stringify({ assets: [{ name: "asset", digest: stated }] }));
    count.of += 1;
    return give(bytes, request, response, serving(count.of));
  });
  const asset = { name: "asset", ...(pinned === undefined ? {} : { sha256: pinned }) };
  const pin = { version: "9.8.7", page: `${origin}/page`, files: `${origin}/files`, assets: { amd64: asset } };
  const pins: AdditionPins = { additions: { containerd: pin, runc: pin }, sources: [] };
  const cache = await folder();
  const events: Event[] = [];
  const options: AdditionOptions = {
    ...{ engine: fakeEngine(), tools: "t", run: "r", cache, pins, fetch, tell: () => {}, retryAfterMs: [0] },
    emit: event => void events.push(event),
  };
  return { go: (arch: "amd64" | "arm64" = "amd64") => prepareAddition(name, arch, options), asked, events, cache };
}

const text = async (read: (() => Promise<Uint8Array>) | undefined) => Buffer.from((await read?.()) ?? []).toString();

describe("what is added", () => {
  test("is of containerd what is used of its tarball, and got once", async () => {
    const bytes = await upstreams();
    const { go, asked } = await getting("containerd", { bytes, pinned: sha256(bytes) });
    const { addition, files } = await go();
    const used = ["containerd", "ctr", "containerd-shim-runc-v2"];
    expect(addition).toEqual({
      ...{ name: "containerd", version: "9.8.7", sha256: sha256(bytes) },
      vouched: "the SHA-256 of asset that kata-verify pins",
      programs: used.map(name => ({
        path: `/opt/kata-verify/bin/${name}`,
        sha256: sha256(`the program bin/${name}`),
      })),
    });
    expect(files.map(({ path, mode }) => [path, mode])).toEqual(addition.programs.map(({ path }) => [path, 0o755]));
    expect(await text(files[1]?.read)).toBe("the program bin/ctr");
    await go();
    expect(asked).toEqual(["GET /files/asset"]);
  });

  test("is runc as it comes, and what its page states is said to be that", async () => {
    const bytes = Buffer.from("the program runc");
    const { go, asked } = await getting("runc", { bytes, stated: `sha256:${sha256(bytes)}` });
    const { addition, files } = await go();
    expect(addition).toMatchObject({
      vouched: "the SHA-256 of asset that runc's release page states",
      programs: [{ path: "/opt/kata-verify/bin/runc", sha256: sha256(bytes) }],
    });
    expect([files[0]?.mode, await text(files[0]?.read)]).toEqual([0o755, "the program runc"]);
    expect(asked).toEqual(["GET /page", "GET /files/asset"]);
  });

  test("comes in pieces, which is counted in the evidence", async () => {
    const bytes = Buffer.alloc(2 ** 20, "x");
    const serving = (count: number) => (count < 2 ? { cutAfter: 1000 } : {});
    const { go, events } = await getting("runc", { bytes, pinned: sha256(bytes), serving });
    await go();
    expect(events).toEqual([{ kind: "fact", name: "retries", value: [{ what: "runc.download", count: 1 }] }]);
  });
});

describe("what cannot be added", () => {
  const without = (name: string, ...more: TarEntry[]) =>
    tarGz([...programs.filter(one => one !== name).map(one => fileEntry(one, "program", 0o755)), ...more]);

  test.each<[string, () => Promise<Buffer>, RegExp]>([
    ["a tarball without the client", () => without("bin/ctr"), /it lacks bin\/ctr;/],
    ["one with a link in its place", () => without("bin/ctr", linkEntry("bin/ctr", "/bin/sh")), /it lacks bin\/ctr;/],
    ["one that leads elsewhere", () => without("", fileEntry("../etc/passwd", "x")), /the name "\.\.\/etc\/passwd"/],
    ["one for another place", () => without("", fileEntry("/etc/passwd", "x")), /the absolute name "\/etc\/passwd"/],
    ["one with a program twice", () => without("", fileEntry("bin/ctr", "x")), /bin\/ctr is there twice/],
    ["one with a file for a folder", () => without("", fileEntry("bin", "x")), /is in bin, which is no folder/],
    ["one that is cut off", async () => gzipSync(Buffer.alloc(700, "x")).subarray(0, 20), /damaged|no tarball/],
    ["a page of its own", async () => Buffer.from("<html>"), /the file is no tarball/],
  ])("is %s", async (_, make, message) => {
    const bytes = await make();
    const { go } = await getting("containerd", { bytes, pinned: sha256(bytes) });
    await expect(go()).rejects.toMatchObject({
      name: "Unprepared",
      reason: { code: "containerd.unavailable", blames: "runner", message: expect.stringMatching(message) },
    });
  });

  test("says where it was looked for, and what else to do", async () => {
    const { go, asked } = await getting("runc", { bytes: Buffer.alloc(1) });
    const message = expect.stringMatching(
      /^runc 9\.8\.7 could not be had from http:\S+\/page: no digest of asset is stated.*; other ways: .*--with-package.*--tier guest/,
    );
    await expect(go()).rejects.toMatchObject({ reason: { code: "containerd.unavailable", message } });
    expect(asked).toEqual(["GET /page"]);
    await expect(go("arm64")).rejects.toMatchObject({
      reason: { message: expect.stringContaining("runc 9.8.7 has no binaries for arm64; other ways: ") },
    });
  });

  test("is another file than the one that is pinned, which is kept aside", async () => {
    const { go, cache } = await getting("runc", { bytes: Buffer.from("another"), pinned: "0".repeat(64) });
    await expect(go()).rejects.toMatchObject({ reason: { code: "containerd.digest-mismatch", blames: "runner" } });
    const left = await readdir(join(cache, "containerd-downloads"), { recursive: true });
    expect(left.filter(name => name.includes("/"))).toEqual([expect.stringMatching(/asset\.refused-[0-9a-f]{12}$/)]);
  });
});

test("the pins are what is read, and each is of its release", async () => {
  const { additions, sources } = await readAdditionPins(join(import.meta.dirname, "../../.."));
  for (const { version, page, files } of Object.values(additions))
    expect([page, files].every(url => url.startsWith("https://") && url.endsWith(`/v${version}`))).toBe(true);
  expect(additions.containerd.assets.amd64?.name).toContain(additions.containerd.version);
  expect(sources.map(({ fact }) => fact)).toContain("digests");
});
