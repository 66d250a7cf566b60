import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectEngine, engineAddresses } from "../../../src/testbeds/engine/connect.ts";
import type { ContainerSpec } from "../../../src/testbeds/engine.ts";

const quick = { everyMs: 20, answerMs: 300 };
const spec: ContainerSpec = { image: "x", run: "r", capabilities: [], devices: [], mounts: [], network: "none" };
const opened: { server: Server; folder: string }[] = [];

/** A daemon by its socket, which answers as told and is otherwise alive. */
async function daemon(answer: RequestListener) {
  const folder = await mkdtemp(join(tmpdir(), "kv-stub-"));
  const server = createServer((request, response) => {
    if (request.url === "/version") response.end(JSON.stringify({ Version: "1.2", Components: [{ Name: "Engine" }] }));
    else if (request.url === "/_ping") response.end("OK");
    else answer(request, response);
  });
  server.listen(join(folder, "socket"));
  await once(server, "listening");
  opened.push({ server, folder });
  const die = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: { DOCKER_HOST: `unix://${join(folder, "socket")}` }, die };
}

afterEach(async () => {
  for (const { server, folder } of opened.splice(0)) {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
});

test("DOCKER_HOST alone decides; without it Docker is asked before Podman", () => {
  expect(engineAddresses({ DOCKER_HOST: "tcp://h:1", XDG_RUNTIME_DIR: "/run/user/1" })).toEqual(["tcp://h:1"]);
  expect(engineAddresses({})).toEqual(["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"]);
  expect(engineAddresses({ XDG_RUNTIME_DIR: "/run/user/1" })).toEqual([
    "unix:///var/run/docker.sock",
    "unix:///run/user/1/docker.sock",
    "unix:///run/podman/podman.sock",
    "unix:///run/user/1/podman/podman.sock",
  ]);
});

test("nobody there: says where it asked", async () => {
  const call = connectEngine({ DOCKER_HOST: "unix:///nowhere/docker.sock" });
  await expect(call).rejects.toMatchObject({ code: "infra.engine-gone" });
  await expect(call).rejects.toThrow("unix:///nowhere/docker.sock");
});

test("takes its name from the daemon", async () => {
  const { address } = await daemon((_, response) => response.end());
  expect((await connectEngine(address, quick)).name).toBe("Docker 1.2");
});

test("a daemon that dies after it sent the headers of an answer does not hang", async () => {
  const stub = await daemon((_, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
    response.write("{");
    setTimeout(stub.die, 20);
  });
  const engine = await connectEngine(stub.address, quick);
  await expect(engine.start(spec)).rejects.toMatchObject({ code: "infra.engine-gone" });
});

test("a daemon that drops every connection does not hang", async () => {
  const { address } = await daemon(request => request.socket.destroy());
  const engine = await connectEngine(address, quick);
  await expect(engine.start(spec)).rejects.toMatchObject({ code: "infra.engine-gone" });
  await expect(engine.images("x")).rejects.toMatchObject({ code: "infra.engine-gone" });
  await expect(engine.pull("r/x:1", undefined)).rejects.toMatchObject({ code: "infra.engine-gone" });
});

test("a pull that dies in the middle is the engine's death, not the registry's", async () => {
  const stub = await daemon((_, response) => {
    response.writeHead(200);
    response.write('{"status":"Pulling"}\n');
    setTimeout(stub.die, 20);
  });
  const engine = await connectEngine(stub.address, quick);
  await expect(engine.pull("r/x:1", undefined)).rejects.toMatchObject({ code: "infra.engine-gone" });
});

test("a container that cannot start is a testbed that is gone, with what the engine said", async () => {
  const { address } = await daemon((_, response) => {
    response.writeHead(500, { "Content-Type": "application/json" });
    response.end('{"message":"error gathering device information: no such file"}');
  });
  const engine = await connectEngine(address, quick);
  const start = engine.start(spec);
  await expect(start).rejects.toMatchObject({ code: "infra.testbed-gone" });
  await expect(start).rejects.toThrow("error gathering device information");
});
