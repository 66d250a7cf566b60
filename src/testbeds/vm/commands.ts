import { randomBytes } from "node:crypto";
import type { Command, Observation } from "../../model/command.ts";
import { TestbedGone } from "../../model/testbed.ts";
import { joined, type Share, shareOf } from "../output.ts";
import { readTrailer } from "../trailer.ts";
import type { Agent } from "./agent.ts";
import { type Bulk, bulkDevice, stretchBytes } from "./bulk.ts";
import { ownFolder, spillFolder } from "./init.ts";
import { CallFailed } from "./line-channel.ts";

export interface Channels {
  readonly agent: Agent;
  readonly bulk: Bulk;
  /** What a command's time-out is multiplied by. */
  readonly timeScale: number;
}

export const standinPath = `${ownFolder}/standin`;

/** Up to here the agent's base64 is faster than a second process in the testbed. */
const inlineBytes = 64 * 1024;

/** Bytes of both streams that are kept; the folder's own size is the limit, so the rest is lost with ENOSPC. */
const note = (what: string) => Buffer.from(`\n[… the rest was dropped: ${what} …]\n`);

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString().trim();

/** `$0` is a file, read and then removed; the rest is the program. */
const fromFile = 'exec <"$0"; rm -f -- "$0"; exec "$@"';

async function standin(agent: Agent, argv: readonly string[], stdin?: Uint8Array): Promise<string> {
  const { code, stdout, stderr } = await agent.exec([standinPath, ...argv], { stdin });
  if (code === 0) return text(stdout);
  throw new Error(text(stderr) || `the stand-in's ${argv[0]} ended with ${code ?? "a signal"}`);
}

/** Creates parent folders; nobody sees half a file. */
export async function write(
  { agent, bulk }: Channels,
  path: string,
  contents: Uint8Array,
  mode: number,
): Promise<void> {
  const bits = mode.toString(8);
  if (contents.length <= inlineBytes) {
    await standin(agent, ["put", bits, path], contents);
    return;
  }
  if (contents.length > stretchBytes) throw new Error(`${path} would have ${contents.length} bytes, too many`);
  await bulk.use(async stretch => {
    await stretch.write(contents);
    await standin(agent, ["put", bits, path, bulkDevice, String(stretch.offset), String(contents.length)]);
  });
}

/** Rejects with an ordinary error, which begins with the errno's name, when there is no such file. */
export async function fetch({ agent, bulk }: Channels, path: string): Promise<Uint8Array> {
  const head = await agent.readHead(path, inlineBytes).catch(error => {
    if (error instanceof CallFailed) return undefined;
    throw error;
  });
  return head?.whole ? head.bytes : fetchByDisk({ agent, bulk }, path);
}

function fetchByDisk({ agent, bulk }: Pick<Channels, "agent" | "bulk">, path: string): Promise<Uint8Array> {
  return bulk.use(async ({ offset, read }) => {
    const length = await standin(agent, ["get", path, bulkDevice, String(offset), String(stretchBytes)]);
    return read(Number(length));
  });
}

/** Runs under the stand-in, which says how it ended and has put aside what the agent would be slow to carry. */
export async function run(channels: Channels, command: Command): Promise<Observation> {
  const { argv, env, wholeBytes } = command;
  const startedAt = performance.now();
  const token = randomBytes(16).toString("hex");
  const timeoutMs = Math.ceil(command.timeoutMs * channels.timeScale);
  const program = [
    standinPath,
    "run",
    String(timeoutMs),
    token,
    spillFolder,
    String(inlineBytes),
    "--",
    ...argv,
  ] as const;
  const stdin = command.stdin === undefined ? undefined : Buffer.from(command.stdin);
  const end = await start(channels, token, program, stdin, env).catch(error => {
    if (error instanceof CallFailed && /Argument list too long/.test(error.message)) return "E2BIG" as const;
    throw error;
  });
  const durationMs = performance.now() - startedAt;
  const none = new Uint8Array();
  if (end === "E2BIG")
    return { argv, ending: { kind: "notStarted", code: end }, stdout: none, stderr: none, durationMs };
  const trailer = readTrailer(end.stderr, token);
  if (trailer === undefined) throw new TestbedGone(`the stand-in was killed while it ran ${argv[0]}`);
  const { spilled, lost } = trailer;
  const share = shareOf(wholeBytes);
  const stdout = await kept(channels, end.stdout, `${token}.out`, spilled.stdout, { lost, share });
  const stderr = await kept(channels, trailer.stderr, `${token}.err`, spilled.stderr, { lost, share });
  const cut = lost !== undefined || stdout.leftOut + stderr.leftOut > 0;
  const ending =
    wholeBytes !== undefined && cut ? { kind: "truncated" as const, afterBytes: wholeBytes } : trailer.ending;
  return { argv, ending, stdout: stdout.bytes, stderr: stderr.bytes, durationMs };
}

async function start(
  { agent, bulk, timeScale }: Channels,
  token: string,
  program: readonly [string, ...string[]],
  stdin: Uint8Array | undefined,
  env: Readonly<Record<string, string>> = {},
) {
  if (stdin === undefined || stdin.length <= inlineBytes) return agent.exec(program, { stdin, env });
  const path = `${spillFolder}/${token}.in`;
  await write({ agent, bulk, timeScale }, path, stdin, 0o600);
  return agent.exec([`${ownFolder}/busybox`, "sh", "-c", fromFile, path, ...program], { env });
}

interface Spill {
  readonly lost: string | undefined;
  readonly share: Share;
}

/** What the agent carried and, behind it, what was put aside: only its end where there is too much of it. */
async function kept(
  channels: Channels,
  head: Uint8Array,
  name: string,
  spilled: number,
  { lost, share }: Spill,
): Promise<{ readonly bytes: Uint8Array; readonly leftOut: number }> {
  if (spilled === 0 && lost === undefined) return { bytes: head, leftOut: 0 };
  const { agent } = channels;
  const busybox = `${ownFolder}/busybox`;
  const path = `${spillFolder}/${name}`;
  const isMore = head.length + spilled > share.head + share.tail;
  const fetched = isMore
    ? agent.exec([busybox, "tail", "-c", String(share.tail), path]).then(({ stdout }) => stdout)
    : fetchByDisk(channels, path);
  const rest = await fetched.catch(error => {
    if (lost === undefined) throw error;
    return new Uint8Array();
  });
  await agent.exec([busybox, "rm", "-f", path]);
  const leftOut = isMore ? spilled - rest.length : 0;
  const bytes = joined(head, leftOut, rest);
  return { bytes: lost === undefined ? bytes : Buffer.concat([bytes, note(lost)]), leftOut };
}
