import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { openSocketFolder } from "../../../src/testbeds/vm/sockets.ts";

test("waits for whoever will listen, in a folder with a path of any length", async () => {
  const top = await mkdtemp(join(tmpdir(), "kv-sockets-"));
  const folder = join(top, "a".repeat(100), "b".repeat(100));
  await mkdir(folder, { recursive: true });
  const server = createServer(socket => socket.end("hello"));
  const back = process.cwd();
  try {
    await using sockets = await openSocketFolder(folder);
    const connecting = sockets.connect("x", new AbortController().signal);
    process.chdir(folder);
    server.listen(relative(folder, join(folder, "x")));
    const socket = await connecting;
    const said = await new Promise(resolve => socket.once("data", chunk => resolve(chunk.toString())));
    expect(said).toBe("hello");
  } finally {
    process.chdir(back);
    server.close();
    await rm(top, { recursive: true });
  }
});

test("stops waiting when told so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kv-sockets-"));
  await using sockets = await openSocketFolder(folder);
  await expect(sockets.connect("x", AbortSignal.timeout(30))).rejects.toThrow();
  await rm(folder, { recursive: true });
});

test("closes its sockets with it: whoever listens may hear somebody else then", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kv-sockets-"));
  const closed: Promise<unknown>[] = [];
  const server = createServer(socket => closed.push(once(socket.resume(), "close")));
  server.listen(join(folder, "x"));
  const sockets = await openSocketFolder(folder);
  for (const _ of [1, 2]) await sockets.connect("x", new AbortController().signal);
  await sockets[Symbol.asyncDispose]();
  await expect.poll(() => closed.length).toBe(2);
  await Promise.all(closed);
  server.close();
  await rm(folder, { recursive: true });
});
