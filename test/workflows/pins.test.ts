import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AdditionPins } from "../../src/images/containerd/pins.ts";
import { KataPins } from "../../src/images/kata/pins.ts";
import { Target } from "../../src/model/target.ts";
import { project } from "./files.ts";

type Change = (before: object, net: object) => Promise<object>;
const from = async (name: string) =>
  (await import(join(project, ".github/scripts/pins", name))) as Record<string, Change>;
const { withDigests = never } = await from("images.mjs");
const { withEndOfLife = never } = await from("end-of-life.mjs");
const { withKata = never, withContainerd = never } = await from("releases.mjs");

async function never(): Promise<never> {
  throw new Error("the script has no such function");
}

const json = (path: string) => JSON.parse(readFileSync(join(project, path), "utf8"));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A network that has these answers, by the ends of their addresses, and no others; `asked` is what was asked. */
function network(answers: Readonly<Record<string, () => Response>>) {
  const asked: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  const fetch = async (url: string, { headers = {} }: { headers?: Record<string, string> }) => {
    asked.push({ url, headers });
    const found = Object.entries(answers).find(([end]) => url.endsWith(end));
    return found ? found[1]() : new Response("", { status: 404 });
  };
  return { asked, net: { fetch, today: "2026-11-23", token: "a-token" } };
}

const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
const index = JSON.stringify({
  manifests: [
    { digest: digest(1), platform: { os: "linux", architecture: "amd64" } },
    { digest: digest(2), platform: { os: "linux", architecture: "arm64" } },
    { digest: digest(3), platform: { os: "unknown", architecture: "unknown" } },
  ],
});

describe("digests of images", () => {
  const target = json("images/debian-13.json");
  const challenge =
    'Bearer realm="https://auth.example/token",service="registry",scope="repository:library/debian:pull"';
  const registry = (text = index, stated = `sha256:${sha256(text)}`) => {
    const refusals = [new Response("", { status: 401, headers: { "www-authenticate": challenge } })];
    return network({
      "/v2/library/debian/manifests/13": () =>
        refusals.pop() ?? new Response(text, { headers: { "docker-content-digest": stated } }),
      "scope=repository%3Alibrary%2Fdebian%3Apull": () => Response.json({ token: "t" }),
    });
  };

  it("are those of the tag now, for the architectures of the target", async () => {
    const { asked, net } = registry();
    const now = await withDigests(target, net);
    expect(Target.parse(now).image.digest).toEqual({ amd64: digest(1) });
    expect(asked.map(({ url }) => new URL(url).host)).toEqual([
      "registry-1.docker.io",
      "auth.example",
      "registry-1.docker.io",
    ]);
    expect(asked[2]?.headers["authorization"]).toBe("Bearer t");
    expect(await withDigests(now, registry().net)).toBe(now);
  });

  it.each([
    ["an index that is not the one that is stated", registry(index, digest(9)), /says sha256:9+ and sends/],
    ["an image of one architecture", registry("{}"), /one architecture/],
    ["no answer", network({}), /404/],
    ["an answer that asks for a password", network({ "/13": () => new Response("", { status: 401 }) }), /credentials/],
  ])("are not taken from %s", async (_, { net }, why) => {
    await expect(withDigests(target, net)).rejects.toThrow(why);
  });
});

describe("ends of life", () => {
  const csv = [
    "version,codename,series,created,release,eol,eol-server,eol-lts",
    "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,,2028-07-31",
    "24.04 LTS,Noble Numbat,noble,2023-10-26,2024-04-25,2029-05-31,2029-06-30,",
  ].join("\n");
  const { net } = network({ "/api/fedora.json": () => Response.json([{ cycle: "44", eol: "2027-06-09" }]) });
  const sources = { ...net, distroInfo: () => csv };

  it.each([
    ["debian-12", "2028-07-31", /debian\.csv of distro-info-data, its column eol-lts, read on 2026-11-23/],
    ["ubuntu-24.04", "2029-06-30", /eol-server/],
    ["fedora-44", "2027-06-09", /endoflife\.date/],
  ])("%s: the day of its source, and the source", async (id, day, source) => {
    const now = Target.parse(await withEndOfLife(json(`images/${id}.json`), sources));
    expect(now.endOfLife).toBe(day);
    expect(now.sources.filter(({ fact }) => fact === "end of life")).toEqual([
      { fact: "end of life", from: expect.stringMatching(source) },
    ]);
  });

  it.each(["debian-12-backports", "debian-sid", "fedora-33"])("%s stays as it is", async id => {
    const before = json(`images/${id}.json`);
    expect(await withEndOfLife(before, sources)).toBe(before);
  });
});

describe("releases", () => {
  const release = (tag: string, names: readonly string[]) => () =>
    Response.json({ tag_name: tag, assets: names.map(name => ({ name })) });
  const assets = (names: readonly string[]) =>
    Object.fromEntries(names.map(name => [`/${name}`, () => new Response(`the bytes of ${name}`)]));
  const kataNames = ["amd64", "arm64"].flatMap(arch => [
    `kata-static-4.1.0-${arch}.tar.zst`,
    `kata-go-static-4.1.0-${arch}.tar.zst`,
  ]);

  it("of Kata: its names and the digests of what was downloaded", async () => {
    const { asked, net } = network({ "/releases/latest": release("4.1.0", kataNames), ...assets(kataNames) });
    const now = await withKata(json("kata/pins.json"), net);
    const { version, files, assets: found } = KataPins.parse(now);
    expect({ version, files }).toEqual({
      version: "4.1.0",
      files: "https://github.com/kata-containers/kata-containers/releases/download/4.1.0",
    });
    expect(found["go"]?.["arm64"]).toEqual({
      name: "kata-go-static-4.1.0-arm64.tar.zst",
      sha256: sha256("the bytes of kata-go-static-4.1.0-arm64.tar.zst"),
    });
    expect(asked.find(({ url }) => url.includes("/download/"))?.headers["authorization"]).toBeUndefined();
    expect(JSON.stringify(now)).not.toContain("no digests");
    expect(await withKata(now, net)).toBe(now);
  });

  it("of Kata: one file for both runtimes is downloaded once", async () => {
    const names = ["kata-static-4.0.0-amd64.tar.zst", "kata-static-4.0.0-arm64.tar.zst"];
    const { asked, net } = network({ "/releases/latest": release("4.0.0", names), ...assets(names) });
    const now = KataPins.parse(await withKata(json("kata/pins.json"), net));
    expect(now.assets["go"]).toEqual(now.assets["rust"]);
    expect(asked.filter(({ url }) => url.includes("/download/"))).toHaveLength(2);
  });

  it.each([
    ["a pre-release", release("4.1.0-rc0", kataNames), /newest release is 4.1.0-rc0/],
    ["a release with other names", release("4.1.0", ["kata.tar.zst"]), /has none of/],
    ["a tag that is a path", release("../../x", kataNames), /newest release is/],
  ])("of Kata: not %s", async (_, latest, why) => {
    const { net } = network({ "/releases/latest": latest, ...assets(kataNames) });
    await expect(withKata(json("kata/pins.json"), net)).rejects.toThrow(why);
  });

  const files = ["amd64", "arm64"].flatMap(arch => [`containerd-static-2.4.0-linux-${arch}.tar.gz`, `runc.${arch}`]);

  it("of containerd: with the runc that it is tested with", async () => {
    const { net } = network({
      ...{ "/releases/latest": release("v2.4.0", []), "/script/setup/runc-version": () => new Response("v1.5.0\n") },
      ...assets(files),
    });
    const { additions } = AdditionPins.parse(await withContainerd(json("containerd/pins.json"), net));
    expect(additions.containerd.version).toBe("2.4.0");
    expect(additions.runc).toMatchObject({
      version: "1.5.0",
      files: "https://github.com/opencontainers/runc/releases/download/v1.5.0",
      assets: { arm64: { name: "runc.arm64", sha256: sha256("the bytes of runc.arm64") } },
    });
  });

  it("of containerd: the pinned ones are the same object", async () => {
    const before = json("containerd/pins.json");
    const { net } = network({
      "/releases/latest": release("v2.3.4", []),
      "/script/setup/runc-version": () => new Response("v1.4.3\n"),
    });
    expect(await withContainerd(before, net)).toBe(before);
  });

  it("that cannot be had whole are pinned not at all", async () => {
    const { asked, net } = network({
      "/releases/latest": release("4.1.0", kataNames),
      ".tar.zst": () => new Response("", { status: 503 }),
    });
    await expect(withKata(json("kata/pins.json"), net)).rejects.toThrow(/503/);
    expect(asked.filter(({ url }) => url.includes("/download/"))).toHaveLength(3);
  });
});

it("every target's image is one that the script can ask for", () => {
  const references = readdirSync(join(project, "images")).map(name => json(`images/${name}`).image.reference);
  expect(references.filter(one => !/^[^/]+\/.+:[^:/]+$/.test(one))).toEqual([]);
});
