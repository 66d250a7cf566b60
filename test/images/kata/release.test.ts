import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type KataPins, readPins } from "../../../src/images/kata/pins.ts";
import { type KataOptions, prepareKata } from "../../../src/images/kata/prepare.ts";
import type { Event } from "../../../src/model/evidence.ts";
import { fakeEngine } from "../fake-engine.ts";
import { folder } from "../folder.ts";
import { fileServer, give, type Serving } from "../release/file-server.ts";
import { entriesOf, kata4, tar, without } from "./release-files.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const said = "Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: c\n";

interface Site {
  readonly tarball?: Buffer;
  readonly sha256?: string | undefined;
  readonly stated?: unknown;
  readonly serving?: (count: number) => Serving;
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

async function site({ tarball, sha256: pinned, stated, serving = () => ({}), answer }: Site = {}) {
  const bytes =
    tarball ??
    (await tar(
      entriesOf({ ...kata4, "share/kata-containers/kata-alpine.initrd": randomBytes(2 ** 20).toString("base64") }),
    ));
  const count = { of: 0 };
  const { origin, asked } = await fileServer((request, response) => {
    if (answer?.(request, response)) return undefined;
    if (request.url === "/page") {
      const assets = stated === undefined ? [] : [{ name: "kata.tar", size: bytes.length, digest: stated }];
      return response.end(JSON.stringify({ tag_name: "4.0.0", assets }));
    }
    count.of += 1;
    return give(bytes, request, response, serving(count.of));
  });
  const asset = { name: "kata.tar", ...(pinned === undefined ? {} : { sha256: pinned }) };
  const assets = { rust: { amd64: asset }, go: { amd64: asset } };
  const pins: KataPins = { version: "4.0.0", page: `${origin}/page`, files: `${origin}/files`, assets, sources: [] };
  return { pins, asked, origin, bytes };
}

async function getting(pins: KataPins) {
  const cache = await folder();
  const events: Event[] = [];
  const told: string[] = [];
  const options: KataOptions = {
    ...{ engine: fakeEngine({ run: () => ({ stdout: said }) }), tools: "t", run: "r", cache, pins, fetch },
    emit: event => void events.push(event),
    tell: message => void told.push(message),
    retryAfterMs: [0],
  };
  const go = () => prepareKata({ source: "release" }, { guestKernel: "distro" }, "amd64", options);
  const downloads = async () => (await readdir(join(cache, "kata-downloads"), { recursive: true })).sort();
  return { go, events, told, downloads };
}

describe("a release", () => {
  test("is used where it is the one that is pinned, and got once", async () => {
    const { bytes } = await site();
    const { pins, asked } = await site({ tarball: bytes, sha256: sha256(bytes) });
    const { go, told, downloads } = await getting(pins);
    const { binaries, files } = await go();
    expect(binaries).toMatchObject({
      source: "release",
      vouched: "the SHA-256 of kata.tar that kata-verify pins",
      version: "4.0.0",
    });
    expect(files.map(one => one.path)).toContain(binaries.guestInitrd);
    expect(asked).toEqual(["GET /files/kata.tar"]);
    expect(told).toContainEqual(expect.stringMatching(/^downloading kata\.tar: \d of 1 MiB$/));
    await go();
    expect(asked).toHaveLength(1);
    expect((await downloads()).filter(name => name.includes("kata.tar"))).toEqual([]);
  });

  test("is used where it is what its page states, and that is said", async () => {
    const { bytes } = await site();
    const { pins, asked } = await site({ tarball: bytes, stated: `sha256:${sha256(bytes)}` });
    const { go } = await getting(pins);
    expect((await go()).binaries.vouched).toBe("the SHA-256 of kata.tar that Kata's release page states");
    expect(asked).toEqual(["GET /page", "GET /files/kata.tar"]);
    expect((await go()).binaries.vouched).toBe("the SHA-256 of kata.tar that Kata's release page states");
    expect(asked).toHaveLength(2);
  });

  test("comes in pieces, which is counted in the evidence", async () => {
    const { bytes } = await site();
    const serving = (count: number) => (count < 2 ? { cutAfter: 1_200_000 } : {});
    const { pins } = await site({ tarball: bytes, sha256: sha256(bytes), serving });
    const { go, events } = await getting(pins);
    await go();
    expect(events).toEqual([{ kind: "fact", name: "retries", value: [{ what: "kata.download", count: 1 }] }]);
  });
});

describe("a release that cannot be had", () => {
  const otherWays = /; other ways: --kata PATH, .*, or --kata distro/;
  test.each<[string, Site, RegExp]>([
    [
      "no digest is stated, and none pinned",
      { stated: null },
      /^Kata 4\.0\.0 could not be had from http:\S+\/page: no digest of kata\.tar is stated/,
    ],
    [
      "the page does not have it",
      {},
      /^Kata 4\.0\.0 could not be had from http:\S+\/page: the release has no kata\.tar/,
    ],
    [
      "there is no page",
      { answer: (_, response) => Boolean(response.writeHead(404).end()) },
      /from http:\S+\/page: HTTP 404/,
    ],
    [
      "the page is another one",
      { answer: (_, response) => Boolean(response.end("[]")) },
      /\/page: the answer is not that of a release's page/,
    ],
    ["the page is no JSON", { answer: (_, response) => Boolean(response.end("<html>")) }, /\/page: /],
    [
      "there is no file",
      {
        sha256: "0".repeat(64),
        answer: (_, response) => Boolean(response.writeHead(404).end()),
      },
      /^Kata 4\.0\.0 could not be had from http:\S+\/files\/kata\.tar: HTTP 404/,
    ],
  ])("%s", async (_, what, message) => {
    const { pins } = await site(what);
    const { go } = await getting(pins);
    const trouble = await go().catch((error: unknown) => error);
    expect(trouble).toMatchObject({ name: "Unprepared", reason: { code: "kata.unavailable", blames: "runner" } });
    expect(String(trouble)).toMatch(otherWays);
    expect(String(trouble).replace("Unprepared: ", "")).toMatch(message);
  });

  test("nobody answers", async () => {
    const { pins } = await site({ stated: "" });
    const { go } = await getting({ ...pins, page: "http://127.0.0.1:65534/page" });
    await expect(go()).rejects.toMatchObject({ reason: { message: expect.stringContaining("ECONNREFUSED") } });
  });

  test("there is none for this architecture", async () => {
    const { pins } = await site();
    const { go } = await getting({ ...pins, assets: { rust: {}, go: {} } });
    await expect(go()).rejects.toMatchObject({
      reason: { message: expect.stringContaining("has no binaries for amd64") },
    });
  });

  test("it is not laid out as Kata is", async () => {
    const bytes = await tar(entriesOf(without(kata4, "share/kata-containers/kata-containers-initrd.img")));
    const { pins } = await site({ tarball: bytes, sha256: sha256(bytes) });
    const { go } = await getting(pins);
    const message = expect.stringMatching(/^Kata 4\.0\.0 cannot be used: it lacks share\/kata-containers\//);
    await expect(go()).rejects.toMatchObject({ reason: { code: "kata.unavailable", message } });
  });
});

test("another file than the one that is pinned is kept aside, and never used", async () => {
  const { pins, asked } = await site({ sha256: "0".repeat(64) });
  const { go, downloads } = await getting(pins);
  const trouble = {
    name: "Unprepared",
    reason: { code: "kata.digest-mismatch", message: expect.stringContaining(" kept aside as ") },
  };
  await expect(go()).rejects.toMatchObject(trouble);
  expect((await downloads()).filter(name => name.includes("/"))).toEqual([
    expect.stringMatching(/\/kata\.tar\.refused-[0-9a-f]{12}$/),
  ]);
  await expect(go()).rejects.toMatchObject(trouble);
  expect(asked).toHaveLength(2);
});

test("the pins are what is read, and none of them is invented", async () => {
  const pins = await readPins(join(import.meta.dirname, "../../.."));
  expect(
    Object.values(pins.assets)
      .flatMap(byArch => Object.values(byArch))
      .every(one => one.name.includes(pins.version)),
  ).toBe(true);
  expect([pins.page, pins.files].every(url => url.startsWith("https://") && url.endsWith(pins.version))).toBe(true);
});
