import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { folders, machineArgv } from "../src/testbeds/vm/machine.ts";

/** What the commands by hand are given: the same image, disk and snapshot as the product has. */
export interface Ingredients {
  readonly image: string;
  readonly disk: string;
  readonly snapshot: string;
  readonly initrd: Uint8Array;
}

export interface HandVm extends AsyncDisposable {
  /** From `docker run` to the agent's answer. */
  readonly tookMs: number;
  /** Runs a script in the VM to its end; resolves to what it printed. */
  run(script: string): Promise<string>;
  write(path: string, contents: Uint8Array): Promise<void>;
}

export const machine = { arch: "amd64", accelerator: "tcg", memoryMiB: 4096, cpus: 1 } as const;

async function open(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const up = await new Promise<boolean>(resolve => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (up) return socket;
    await sleep(10);
  }
}

/** Asks once, and for each line that comes back. */
async function* lines(socket: Socket): AsyncGenerator<Record<string, unknown>> {
  let rest = "";
  for await (const chunk of socket) {
    const parts = `${rest}${chunk}`.split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(part.replace(/^.*\u00ff/, "")) as Record<string, unknown>;
  }
}

/** `docker run` with QEMU in it, and a person who waits for the guest agent. */
export async function startByHand({ image, disk, snapshot, initrd }: Ingredients, restore: boolean): Promise<HandVm> {
  const own = mkdtempSync(join(tmpdir(), "kata-verify-hand-"));
  writeFileSync(join(own, "initrd"), initrd);
  writeFileSync(join(own, "bulk"), "");
  truncateSync(join(own, "bulk"), 64 * 1024 ** 3);
  const under = restore ? `${folders.snapshot}/overlay.qcow2 -F qcow2` : `${folders.disk}/disk.img -F raw`;
  const argv = [...machineArgv(machine), ...(restore ? ["-incoming", `file:${folders.snapshot}/state`] : [])];
  const mounts = [`${own}:${folders.own}`, `${disk}:${folders.disk}:ro`, `${snapshot}:${folders.snapshot}:ro`];
  const script = `qemu-img create -q -f qcow2 -b ${under} ${folders.own}/overlay.qcow2 && exec "$@"`;
  const name = `kata-verify-hand-${process.pid}`;
  const begin = performance.now();
  const child: ChildProcess = spawn(
    "docker",
    [
      ...["run", "--rm", "--name", name, "--network", "none", ...mounts.flatMap(mount => ["-v", mount])],
      ...["--entrypoint", "sh", image, "-c", script, "sh", ...argv],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const said: Buffer[] = [];
  child.stderr?.on("data", chunk => said.push(chunk));
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", code => reject(new Error(`docker run ended with ${code}: ${Buffer.concat(said)}`)));
  });
  ended.catch(() => {});
  const stop = async () => {
    spawnSync("docker", ["rm", "-f", name], { stdio: "ignore" });
    await new Promise(resolve => (child.exitCode === null ? child.once("exit", resolve) : resolve(undefined)));
    rmSync(own, { recursive: true, force: true });
  };
  try {
    const { call, tookMs } = await answered(own, ended, begin);
    return { tookMs, ...commands(call), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Call = (execute: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** Waits for the first answer of the guest agent; `begin` as `performance.now()` had it. */
async function answered(own: string, ended: Promise<never>, begin: number): Promise<{ call: Call; tookMs: number }> {
  const opened = (name: string) => Promise.race([open(join(own, name)), ended]);
  const console = await opened("console");
  console.resume();
  await opened("qmp");
  const agent = await opened("agent");
  const answers = lines(agent);
  // Answers differ from command to command: an object, or the number of a file.
  const call: Call = async (execute, args) => {
    agent.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const { value } = await answers.next();
    return (value as { return: Record<string, unknown> }).return;
  };
  // It complains of the byte that makes it forget what it was told before, and answers then.
  const id = 4711;
  agent.write(`\u00ff${JSON.stringify({ execute: "guest-sync", arguments: { id } })}\n`);
  let answer = await answers.next();
  while (!answer.done && answer.value["return"] !== id) answer = await answers.next();
  if (answer.done) return await ended;
  return { call, tookMs: performance.now() - begin };
}

/** What a person does through the agent. */
function commands(call: Call): Pick<HandVm, "run" | "write"> {
  return {
    async run(text) {
      const { pid } = await call("guest-exec", { path: "/bin/sh", arg: ["-c", text], "capture-output": true });
      for (;;) {
        const end = await call("guest-exec-status", { pid });
        const said = (name: string) => Buffer.from(String(end[name] ?? ""), "base64").toString();
        if (end["exited"] === true) return `${said("out-data")}${said("err-data")}`;
        await sleep(50);
      }
    },
    async write(path, contents) {
      const handle = await call("guest-file-open", { path, mode: "w" });
      for (let at = 0; at < contents.length; at += 1 << 20) {
        const part = Buffer.from(contents.subarray(at, at + (1 << 20))).toString("base64");
        await call("guest-file-write", { handle, "buf-b64": part });
      }
      await call("guest-file-close", { handle });
    },
  };
}
