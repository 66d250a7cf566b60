import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import * as z from "zod";
import { TestbedGone } from "../../model/testbed.ts";
import { type LineChannel, openLineChannel } from "./line-channel.ts";
import { within } from "./within.ts";

/** How a program that the agent started ended, and what it printed. */
export interface AgentEnd {
  readonly code: number | undefined;
  readonly signal: number | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** The QEMU guest agent in the testbed; methods may be called side by side. */
export interface Agent {
  exec(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<AgentEnd>;
  /** Up to `limit` bytes from the beginning of a file. Rejects with `CallFailed` where it cannot be read. */
  readHead(path: string, limit: number): Promise<{ bytes: Uint8Array; whole: boolean }>;
  close(): void;
}

export interface ExecOptions {
  readonly stdin?: Uint8Array | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** The agent gives a program nothing else: what the distro's boot gave the agent is not for commands to depend on. */
const plainEnv = {
  HOME: "/root",
  LANG: "C.UTF-8",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};

const Started = z.looseObject({ pid: z.number() });
const Status = z.looseObject({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  signal: z.number().optional(),
  "out-data": z.string().optional(),
  "err-data": z.string().optional(),
});
const Read = z.looseObject({ count: z.number(), "buf-b64": z.string(), eof: z.boolean() });

/** Milliseconds before an unanswered greeting is sent again. */
const greetMs = 5_000;

/** Resolves when the agent has answered, however long that takes. */
export async function openAgent(socket: Socket, signal: AbortSignal): Promise<Agent> {
  const channel = oneAtATime(openLineChannel(socket, () => {}));
  await greet(channel, signal);
  return agentOn(channel);
}

/** For an agent that was idle when it was saved: nothing is in its channel. */
export const openIdleAgent = (socket: Socket): Agent => agentOn(oneAtATime(openLineChannel(socket, () => {})));

/**
 * A greeting that comes before the agent waits in the channel; the byte before it ends what the agent may have read half of.
 */
async function greet(channel: LineChannel, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const id = randomInt(2 ** 31);
    channel.send(Buffer.from([0xff]));
    const answer = channel.call("guest-sync-delimited", { id });
    if ((await Promise.race([answer, sleep(greetMs, undefined, { ref: false })])) === id) return;
  }
}

const agentOn = (channel: LineChannel): Agent => ({
  exec: (argv, options) => exec(channel, argv, options),
  readHead: (path, limit) => readHead(channel, path, limit),
  close: channel.close,
});

/** Milliseconds after which an agent that does not answer a call will never. */
const answerMs = 120_000;

/** The agent stops answering for good when some tens of calls wait in its channel. */
function oneAtATime(channel: LineChannel): LineChannel {
  const limit = pLimit(1);
  const late = (name: string) => () => new TestbedGone(`the testbed's guest agent did not answer ${name}`);
  return {
    ...channel,
    call: (name, parameters) => limit(() => within(channel.call(name, parameters), answerMs, late(name))),
  };
}

/** Each look costs the testbed a little, so the longer it has run, the longer until the next. */
const untilNextLook = (elapsedMs: number) => Math.min(250, Math.max(4, elapsedMs * 0.15));

async function exec(
  channel: LineChannel,
  [path, ...argv]: readonly [string, ...string[]],
  { stdin, env = {} }: ExecOptions = {},
): Promise<AgentEnd> {
  const { pid } = Started.parse(
    await channel.call("guest-exec", {
      path,
      arg: argv,
      env: Object.entries({ ...plainEnv, ...env }).map(([name, value]) => `${name}=${value}`),
      "capture-output": true,
      ...(stdin === undefined ? {} : { "input-data": Buffer.from(stdin).toString("base64") }),
    }),
  );
  const startedAt = performance.now();
  for (;;) {
    await sleep(untilNextLook(performance.now() - startedAt));
    const seen = Status.parse(await channel.call("guest-exec-status", { pid }));
    if (!seen.exited) continue;
    const decode = (text = "") => Buffer.from(text, "base64");
    const { exitcode: code, signal } = seen;
    return { code, signal, stdout: decode(seen["out-data"]), stderr: decode(seen["err-data"]) };
  }
}

async function readHead(channel: LineChannel, path: string, limit: number) {
  const handle = await channel.call("guest-file-open", { path, mode: "r" });
  try {
    const { "buf-b64": text, eof, count } = Read.parse(await channel.call("guest-file-read", { handle, count: limit }));
    return { bytes: Buffer.from(text, "base64"), whole: eof || count < limit };
  } finally {
    await channel.call("guest-file-close", { handle });
  }
}
