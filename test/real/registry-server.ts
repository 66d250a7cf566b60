import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`, which engines take without TLS. */
  readonly host: string;
  /** Where it keeps what was pushed. */
  readonly storage: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Debian's `docker-registry` on loopback; `htpasswd` makes it ask for credentials. */
export async function openRegistry(htpasswd?: string): Promise<RegistryServer> {
  const folder = await mkdtemp(join(tmpdir(), "kv-registry-"));
  const storage = join(folder, "storage");
  const port = await freePort();
  const auth = { htpasswd: { realm: "kata-verify", path: join(folder, "htpasswd") } };
  const config = {
    version: 0.1,
    log: { accesslog: { disabled: true }, level: "error" },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: `127.0.0.1:${port}` },
    ...(htpasswd === undefined ? {} : { auth }),
  };
  await writeFile(join(folder, "htpasswd"), htpasswd ?? "");
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const started = await new Promise<Error | undefined>(resolve => {
    child.once("error", resolve);
    child.once("spawn", () => resolve(undefined));
  });
  if (started !== undefined) throw new Error("these tests need docker-registry", { cause: started });
  try {
    await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/v2/`), { timeout: 20_000 });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    host: `127.0.0.1:${port}`,
    storage,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true });
    },
  };
}

/** Something on loopback that is no registry: takes connections and does as told with each. */
export async function openPort(answer: (bytes: string, reply: (text: string) => void, drop: () => void) => void) {
  const server: Server = createServer(socket => {
    socket.on("error", () => {});
    socket.on("data", bytes =>
      answer(
        bytes.toString(),
        text => void socket.write(text),
        () => void socket.destroy(),
      ),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
