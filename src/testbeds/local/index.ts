import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { openScratch } from "../../images/scratch.ts";
import type { Tools } from "../../images/tools.ts";
import type { Command, Observation } from "../../model/command.ts";
import { type KeepableTestbed, TestbedGone } from "../../model/testbed.ts";
import { keptName } from "../engine/kept.ts";
import { readTrailer } from "../trailer.ts";
import { cgroupOf, removeCgroup } from "./cgroup.ts";
import { type Keeper, openKeeper, ownFolder } from "./keeper.ts";

export interface LocalOptions {
  /** Folder of the harness's own on this machine's disk. */
  readonly cache: string;
  readonly tools: Pick<Tools, "standin" | "busybox">;
  readonly network: "machine" | "none";
}

const standinPath = `${ownFolder}/standin`;

/** Bytes of a stream that are kept. */
const keptBytes = 256 * 1024 * 1024;
const dropped = Buffer.from(`\n[… all after ${keptBytes} bytes was dropped …]\n`);

/** Milliseconds that the stand-in gets, over the command's own time, to end it and what it left. */
const marginMs = 60_000;

const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };

/**
 * This machine as a testbed: its kernel, its devices, its packages, in namespaces of their own. What is written stays in
 * memory and is gone with the testbed, however that or this process ends. Takes root. Rejects with `TestbedGone`.
 */
export async function openLocalTestbed({ cache, ...options }: LocalOptions): Promise<KeepableTestbed> {
  await mkdir(cache, { recursive: true });
  const scratch = await openScratch(cache);
  const cgroup = cgroupOf(scratch.path);
  const state = { kept: false };
  try {
    const keeper = await openKeeper({ ...options, folder: scratch.path });
    const must = async (command: Command, contents: string): Promise<Uint8Array> => {
      const { ending, stdout, stderr } = await run(keeper, command);
      if (ending.kind === "exited" && ending.code === 0) return stdout;
      throw new Error(`${contents}: ${Buffer.from(stderr).toString().trim() || JSON.stringify(ending)}`);
    };
    return {
      kind: "local",
      run: command => run(keeper, command),
      write: async (path, contents, mode = 0o644) => {
        const argv = [standinPath, "put", mode.toString(8), path] as const;
        await must({ argv, stdin: contents, timeoutMs: marginMs }, path);
      },
      fetch: path => must({ argv: ["cat", "--", path], timeoutMs: marginMs }, path),
      keep: async name => {
        const folder = await scratch.rename(keptName(name));
        const end = await keeper.keep();
        state.kept = true;
        // Debian's sh ends with a complaint where the terminal's process group is of another pid namespace.
        const enter = ["nsenter", "--target", String(keeper.pid), "--mount", "--pid", "--net", "--ipc", "--", "bash"];
        const cgroups = cgroup === "" ? [] : [["find", cgroup, "-depth", "-type", "d", "-delete"]];
        return { enter, remove: [...end, ["rm", "-rf", folder], ...cgroups] };
      },
      [Symbol.asyncDispose]: async () => {
        if (state.kept) return;
        await keeper.end();
        if (cgroup !== "") await removeCgroup(cgroup);
        await scratch[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    if (cgroup !== "") await removeCgroup(cgroup);
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

async function run(keeper: Keeper, { argv, stdin, timeoutMs, env }: Command): Promise<Observation> {
  const token = randomBytes(16).toString("hex");
  const words = ["run", String(timeoutMs), token, "/dev/null", String(keptBytes), "--", ...argv];
  const startedAt = performance.now();
  const child = keeper.spawn([standinPath, ...words], { ...environment, ...env });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  // A program need not read its input.
  child.stdin?.on("error", () => {});
  child.stdin?.end(stdin ?? "");
  const late = setTimeout(() => child.kill("SIGKILL"), timeoutMs + marginMs);
  const read = (stream: NodeJS.ReadableStream | null) => (stream === null ? Buffer.alloc(0) : buffer(stream));
  const streams = await Promise.all([read(child.stdout), read(child.stderr), ended]).catch(codeOf);
  clearTimeout(late);
  const durationMs = performance.now() - startedAt;
  const none = new Uint8Array();
  if (streams === "E2BIG")
    return { argv, ending: { kind: "notStarted", code: streams }, stdout: none, stderr: none, durationMs };
  if (typeof streams === "string") throw new TestbedGone(`${argv[0]} could not be started: ${streams}`);
  const [stdout, stderr] = streams;
  const trailer = readTrailer(stderr, token);
  if (trailer === undefined) throw new TestbedGone(`the stand-in was killed while it ran ${argv[0]}`);
  const whole = (kept: Uint8Array) => (kept.length < keptBytes ? kept : Buffer.concat([kept, dropped]));
  return { argv, ending: trailer.ending, stdout: whole(stdout), stderr: whole(trailer.stderr), durationMs };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
