import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow } from "../../src/testbeds/engine/progress.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { docker, openEngine } from "./engine-socket.ts";
import { openPort, openRegistry, type RegistryServer } from "./registry-server.ts";

/** user:secret */
const htpasswd = "user:$2b$04$Yi7Ezy1IdBvemZWigr.LyuikLEq4A1p3YMM66fBKgZui2oDNw36aW\n";
const nowhere = `sha256:${"0".repeat(64)}`;

let engine: Engine;
let registry: RegistryServer;

/** Pushes an image of one file and forgets it here; returns the digest that the registry gave it. */
async function push(name: string, tag: string, body: string): Promise<string> {
  const tar = await packTar([{ header: { name: "file", size: body.length, mode: 0o644 }, body }]);
  const { id } = await engine.importTar(Readable.from([tar]), { "io.kata-verify.test": "registry" });
  await docker.getImage(id).tag({ repo: `${registry.host}/${name}`, tag });
  const image = docker.getImage(`${registry.host}/${name}:${tag}`);
  const stream = (await image.push({ authconfig: { username: "", password: "" } })) as Readable;
  let digest = "";
  await follow(stream, line => {
    digest = /digest: (sha256:[0-9a-f]{64})/.exec(line.status ?? "")?.[1] ?? digest;
  });
  await docker.getImage(id).remove({ force: true });
  expect(digest).toMatch(/^sha256:/);
  return digest;
}

const blob = (digest: string) => {
  const hex = digest.slice("sha256:".length);
  return join(registry.storage, "docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
};

beforeAll(async () => {
  engine = await openEngine();
  registry = await openRegistry();
});

afterAll(async () => {
  for (const { id } of await engine.images("io.kata-verify.test=registry"))
    await docker.getImage(id).remove({ force: true });
  await registry[Symbol.asyncDispose]();
});

describe("pull", () => {
  test("by the right digest", async () => {
    const digest = await push("right", "1", "one");
    const lines: string[] = [];
    const found = await engine.pull(`${registry.host}/right:1`, digest, { onProgress: line => lines.push(line) });
    expect(found.digest).toBe(digest);
    expect(found.labels).toEqual({ "io.kata-verify.test": "registry" });
    expect((await engine.image(found.id))?.id).toBe(found.id);
    expect(lines.length).toBeGreaterThan(0);
  });

  test("by the tag alone says which digest it was", async () => {
    const digest = await push("tagged", "1", "two");
    expect(await engine.pull(`${registry.host}/tagged:1`, undefined)).toMatchObject({ digest });
  });

  test("by the digest, though the tag has moved on", async () => {
    const first = await push("moved", "1", "three");
    const second = await push("moved", "1", "four");
    expect(second).not.toBe(first);
    expect(await engine.pull(`${registry.host}/moved:1`, first)).toMatchObject({ digest: first });
  });

  test("by a digest that the registry does not have, for a tag that it has", async () => {
    const digest = await push("other", "1", "five");
    const call = engine.pull(`${registry.host}/other:1`, nowhere);
    // Podman's service cannot be asked what the tag is now.
    const code = engine.name.startsWith("Docker") ? "image.digest-mismatch" : "image.not-found";
    await expect(call).rejects.toMatchObject({ name: "PullFailed", code });
    if (code === "image.digest-mismatch") await expect(call).rejects.toThrow(digest);
  });

  test("content that is not what its digest says", async () => {
    const digest = await push("forged", "1", "six");
    await appendFile(blob(digest), "\n");
    await expect(engine.pull(`${registry.host}/forged:1`, digest)).rejects.toMatchObject({
      code: "image.digest-mismatch",
    });
  });

  test("what the registry does not have", async () => {
    await push("there", "1", "seven");
    for (const name of ["there:2", "absent:1"]) {
      const call = engine.pull(`${registry.host}/${name}`, undefined);
      await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "image.not-found" });
    }
    const call = engine.pull(`${registry.host}/absent:1`, nowhere);
    await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "image.not-found" });
  });
});

describe("a registry that gives nothing", () => {
  test("asks for credentials", async () => {
    await using asking = await openRegistry(htpasswd);
    for (const digest of [undefined, nowhere]) {
      const call = engine.pull(`${asking.host}/x:1`, digest);
      await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "image.unauthorized" });
    }
  });

  test("is not there", async () => {
    const gone = await openRegistry();
    await gone[Symbol.asyncDispose]();
    const call = engine.pull(`${gone.host}/x:1`, nowhere);
    await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "infra.registry-down" });
  });

  test("drops the connection at once", async () => {
    await using port = await openPort((_, __, drop) => drop());
    const call = engine.pull(`${port.host}/x:1`, undefined);
    await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "infra.registry-down" });
  });

  test("drops the connection in the middle of a manifest", async () => {
    const headers = "Docker-Distribution-Api-Version: registry/2.0\r\nContent-Length: 1000\r\n";
    await using port = await openPort((request, reply, drop) => {
      if (request.startsWith("GET /v2/ ")) return reply(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`);
      reply(`HTTP/1.1 200 OK\r\n${headers}Content-Type: application/vnd.docker.distribution.manifest.v2+json\r\n\r\n{`);
      setTimeout(drop, 50);
    });
    const call = engine.pull(`${port.host}/x:1`, nowhere);
    await expect(call).rejects.toMatchObject({ name: "PullFailed", code: "infra.registry-down" });
  });

  test("is not waited for after an interrupt", async () => {
    await using port = await openPort(() => {});
    const call = engine.pull(`${port.host}/x:1`, undefined, { signal: AbortSignal.timeout(500) });
    await expect(call).rejects.toThrow(/timeout/);
  });
});
