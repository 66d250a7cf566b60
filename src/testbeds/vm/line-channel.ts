import type { Socket } from "node:net";
import * as z from "zod";

/** One JSON value a line in both directions, as QEMU's monitor (QMP) and its guest agent speak. */
export interface LineChannel {
  /** Resolves with what was returned; rejects with `CallFailed` or `ChannelClosed`. */
  call(name: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Sends bytes that are no call. */
  send(bytes: Uint8Array | string): void;
  close(): void;
}

/** The other side refused a call. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
}

/** The other side went away before it answered. */
export class ChannelClosed extends Error {
  override readonly name = "ChannelClosed";
}

const Message = z.looseObject({
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.unknown().optional(),
});
export type Message = z.infer<typeof Message>;

interface Waiting {
  readonly name: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The guest agent sends this byte before an answer that is to be found among garbage. */
const delimiter = 0xff;

/** `onOther` sees what answers no call: greetings, events, late answers. */
export function openLineChannel(socket: Socket, onOther: (message: Message) => void): LineChannel {
  const waiting = new Map<number, Waiting>();
  const state: { id: number; rest: Buffer[]; closed: Error | undefined } = { id: 0, rest: [], closed: undefined };

  const take = (line: Buffer): void => {
    const parsed = read(line.subarray(line.lastIndexOf(delimiter) + 1).toString());
    if (parsed === undefined) return;
    const { id, error } = parsed;
    const asked = id === undefined ? undefined : waiting.get(id);
    if (id !== undefined) waiting.delete(id);
    if (asked === undefined) onOther(parsed);
    else if (error === undefined) asked.resolve(parsed.return);
    else asked.reject(new CallFailed(`${asked.name}: ${error.desc}`));
  };

  const end = (error: Error): void => {
    state.closed ??= error;
    for (const one of waiting.values()) one.reject(state.closed);
    waiting.clear();
  };

  socket.on("data", (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
      const line = Buffer.concat([...state.rest, chunk.subarray(from, at)]);
      state.rest = [];
      from = at + 1;
      take(line);
    }
    if (from < chunk.length) state.rest.push(chunk.subarray(from));
  });
  socket.on("error", error => end(new ChannelClosed(`the channel broke: ${error.message}`, { cause: error })));
  socket.on("close", () => end(new ChannelClosed("the channel was closed")));

  return {
    call: (name, parameters) =>
      new Promise((resolve, reject) => {
        if (state.closed !== undefined) return reject(state.closed);
        state.id += 1;
        waiting.set(state.id, { name, resolve, reject });
        socket.write(`${JSON.stringify({ execute: name, arguments: parameters, id: state.id })}\n`);
      }),
    send: bytes => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}

function read(line: string): Message | undefined {
  try {
    return Message.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
