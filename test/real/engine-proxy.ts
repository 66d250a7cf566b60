import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";

export interface EngineProxy extends AsyncDisposable {
  readonly address: { readonly DOCKER_HOST: string };
  /** As a daemon that is killed: every connection breaks, and nobody listens any more. */
  kill(): void;
  /** As a daemon that is stopped: connections stay, and nothing comes. */
  freeze(): void;
}

/** Stands before the real engine and dies in its place; may change what it is asked, without changing the length. */
export async function openEngineProxy(change = (asked: Buffer): Buffer => asked): Promise<EngineProxy> {
  const behind = (process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock").replace(/^unix:\/\//, "");
  const folder = await mkdtemp(join(tmpdir(), "kv-proxy-"));
  const path = join(folder, "socket");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, near => {
    const far = connect({ path: behind, allowHalfOpen: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    const asked = new Transform({ transform: (chunk, _, done) => done(null, change(chunk)) });
    near.pipe(asked).pipe(far).pipe(near);
  });
  const kill = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  server.listen(path);
  await once(server, "listening");
  return {
    address: { DOCKER_HOST: `unix://${path}` },
    kill,
    freeze: () => {
      server.removeAllListeners("connection");
      for (const socket of sockets) socket.unpipe().pause();
      server.on("connection", socket => sockets.add(socket));
    },
    [Symbol.asyncDispose]: async () => {
      kill();
      await rm(folder, { recursive: true });
    },
  };
}
