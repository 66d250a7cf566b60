import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DownloadOptions, download } from "../../../src/images/release/download.ts";
import { folder } from "../folder.ts";
import { fileServer, give } from "./file-server.ts";

const contents = randomBytes(3 * 2 ** 20);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function downloading(origin: string, changes: Partial<DownloadOptions & { sha256: string; size: number }> = {}) {
  const into = await folder();
  const said: string[] = [];
  const { size, sha256: digest = sha256(contents), ...options } = changes;
  const go = () =>
    download(
      { url: `${origin}/kata.tar`, name: "kata.tar", sha256: digest, size, path: join(into, "kata.tar") },
      { fetch, tell: message => void said.push(message), retryAfterMs: [0, 0], stallMs: 5_000, ...options },
    );
  return {
    go,
    into,
    said,
    file: () => readFile(join(into, "kata.tar")),
    files: async () => (await readdir(into)).sort(),
  };
}

describe("a download", () => {
  test("is whole, and says how far it is", async () => {
    const { origin } = await fileServer((request, response) => give(contents, request, response));
    const { go, file, files, said } = await downloading(origin);
    await go();
    expect((await file()).equals(contents)).toBe(true);
    expect(await files()).toEqual(["kata.tar"]);
    expect(said[0]).toMatch(/^downloading kata\.tar: \d of 3 MiB$/);
  });

  test("goes on where it was cut off, again and again", async () => {
    const { origin, asked } = await fileServer((request, response, count) =>
      give(contents, request, response, count < 3 ? { cutAfter: 1_200_000 } : {}),
    );
    const { go, file, said } = await downloading(origin);
    await go();
    expect((await file()).equals(contents)).toBe(true);
    expect(asked).toHaveLength(3);
    expect(asked.slice(1).every(one => /bytes=[1-9]\d*-$/.test(one))).toBe(true);
    expect(said).toContainEqual(expect.stringMatching(/^kata\.tar: .*going on from \d MiB$/));
  });

  test("goes on where an earlier run was killed", async () => {
    const { origin, asked } = await fileServer((request, response) => give(contents, request, response));
    const { go, into, file } = await downloading(origin);
    await writeFile(join(into, "kata.tar.part"), contents.subarray(0, 2_000_000));
    await writeFile(join(into, "kata.tar.part.json"), JSON.stringify({ etag: '"one"' }));
    await go();
    expect(asked).toEqual(["GET /kata.tar bytes=2000000-"]);
    expect((await file()).equals(contents)).toBe(true);
  });

  test("begins anew where the file is another one by now, or nobody knows what the part is of", async () => {
    const { origin, asked } = await fileServer((request, response) => give(contents, request, response));
    const { go, into, file } = await downloading(origin);
    await writeFile(join(into, "kata.tar.part"), "another");
    await writeFile(join(into, "kata.tar.part.json"), JSON.stringify({ etag: '"another"' }));
    await go();
    expect((await file()).equals(contents)).toBe(true);
    await writeFile(join(into, "kata.tar.part"), "unknown");
    await go();
    expect((await file()).equals(contents)).toBe(true);
    expect(asked).toEqual(["GET /kata.tar bytes=7-", "GET /kata.tar"]);
  });

  test("begins anew where the server knows no ranges, or answers with another one", async () => {
    const { origin } = await fileServer((request, response, count) => {
      if (count === 1) return give(contents, request, response, { cutAfter: 1_500_000 });
      if (count === 2) {
        response.writeHead(206, { ETag: '"one"', "Content-Range": `bytes 7-9/${contents.length}` });
        return response.end("odd");
      }
      if (count === 3) return give(contents, { ...request, headers: {} } as typeof request, response);
      throw new Error("asked too often");
    });
    const { go, file } = await downloading(origin);
    await go();
    expect((await file()).equals(contents)).toBe(true);
  });

  test("follows a redirect, and is asked again by its own address after a drop", async () => {
    const { origin, asked } = await fileServer((request, response, count) => {
      if (request.url === "/kata.tar") return response.writeHead(302, { Location: `/signed?${count}` }).end();
      give(contents, request, response, count < 3 ? { cutAfter: 1_500_000 } : {});
    });
    const { go, file } = await downloading(origin);
    await go();
    expect((await file()).equals(contents)).toBe(true);
    expect(asked.map(one => one.replace(/=\d+-$/, "=N-"))).toEqual([
      "GET /kata.tar",
      "GET /signed?1",
      "GET /kata.tar bytes=N-",
      "GET /signed?3 bytes=N-",
    ]);
  });

  test("asks again after 503 and after silence", async () => {
    const { origin, asked } = await fileServer((request, response, count) => {
      if (count === 1) return response.writeHead(503).end();
      if (count === 2) return undefined;
      return give(contents, request, response);
    });
    const { go, file, said } = await downloading(origin, { stallMs: 200 });
    await go();
    expect((await file()).equals(contents)).toBe(true);
    expect(asked).toHaveLength(3);
    expect(said.slice(0, 2)).toEqual([
      "kata.tar: HTTP 503; going on from 0 MiB",
      "kata.tar: nothing came for 0.2 s; going on from 0 MiB",
    ]);
  });
});

describe("what is not there", () => {
  test("is said at once, with what was seen", async () => {
    const { origin, asked } = await fileServer((_, response) => response.writeHead(404).end());
    const { go, files } = await downloading(origin);
    await expect(go()).rejects.toMatchObject({ name: "NotHad", url: `${origin}/kata.tar`, message: "HTTP 404" });
    expect(asked).toHaveLength(1);
    expect(await files()).not.toContain("kata.tar");
  });

  test("is said after a few attempts without progress", async () => {
    const { go } = await downloading("http://127.0.0.1:65534");
    await expect(go()).rejects.toMatchObject({ name: "NotHad", message: expect.stringContaining("ECONNREFUSED") });
    const { origin, asked } = await fileServer((request, response) =>
      give(contents, request, response, { cutAfter: 1000 }),
    );
    const { go: again } = await downloading(origin);
    await expect(again()).rejects.toMatchObject({ name: "NotHad" });
    expect(asked).toHaveLength(3);
  });
});

describe("another file than the one asked for", () => {
  test("is kept aside, and never used", async () => {
    const { origin, asked } = await fileServer((request, response) => give(contents, request, response));
    const { go, files, into } = await downloading(origin, { sha256: "0".repeat(64) });
    const aside = `kata.tar.refused-${sha256(contents).slice(0, 12)}`;
    await expect(go()).rejects.toMatchObject({
      name: "OtherFile",
      keptAt: join(into, aside),
      message: `kata.tar has the SHA-256 ${sha256(contents)}, not ${"0".repeat(64)}`,
    });
    expect(await files()).toEqual([aside]);
    await expect(go()).rejects.toMatchObject({ name: "OtherFile" });
    expect(asked).toEqual(["GET /kata.tar", "GET /kata.tar"]);
  });

  test("is stopped where there is more of it than stated, and refused where there is less", async () => {
    const { origin } = await fileServer((request, response) => give(contents, request, response));
    const { go } = await downloading(origin, { size: 1_000_000 });
    await expect(go()).rejects.toMatchObject({ message: "kata.tar has more bytes than the 1000000 stated" });
    const { go: more } = await downloading(origin, { size: 4_000_000 });
    await expect(more()).rejects.toMatchObject({ message: "kata.tar has fewer bytes than the 4000000 stated" });
  });
});

test("an abort ends it, and what came stays for the next run", async () => {
  const stop = new AbortController();
  const { origin } = await fileServer((_, response) => {
    response.writeHead(200, { ETag: '"one"', "Content-Length": contents.length });
    response.write(contents.subarray(0, 2_000_000), () => setTimeout(() => stop.abort(new Error("enough")), 100));
  });
  const { go, files } = await downloading(origin, { signal: stop.signal });
  await expect(go()).rejects.toThrow("enough");
  expect(await files()).toEqual(["kata.tar.part", "kata.tar.part.json"]);
});
