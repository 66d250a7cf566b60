import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { Refused } from "../model/refusal.ts";
import { limits } from "./limits.ts";

/** Of RFC 1952, without a name and a time: deflate, no flags, time 0, slowest, unknown system. */
const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255);
const tailBytes = 8;

/** CRC-32 and length of the data, each four bytes, the lowest first. */
function tailOf(data: Uint8Array): Buffer {
  const tail = Buffer.alloc(tailBytes);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length % 2 ** 32, 4);
  return tail;
}

/** The same bytes for the same data, on one version of zlib. */
export const gzip = (data: Uint8Array): Uint8Array =>
  Buffer.concat([head, deflateRawSync(data, { level: 9 }), tailOf(data)]);

/** What @types/node has not: with `info`, how much of the input was read. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflate(body: Uint8Array, most: number): Inflated {
  try {
    return inflateRawSync(body, { maxOutputLength: most, info: true }) as unknown as Inflated;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new Refused("bundle.bomb", `more than ${most} bytes`);
    throw new Refused("bundle.corrupt", cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * The data of one gzip member that `gzip` wrote, in memory and within limits. Node's own gunzip takes flags, names and what follows
 * without a word: here nothing may differ but the data. Throws Refused.
 */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (bytes.length > limits.compressed) throw new Refused("bundle.too-large", `${bytes.length} bytes`);
  if (!head.every((byte, at) => bytes[at] === byte)) throw new Refused("bundle.not-gzip", "its first ten bytes");
  const body = bytes.subarray(head.length);
  const most = Math.min(limits.unpacked, Math.max(limits.small, bytes.length * limits.ratio));
  const { buffer, engine } = inflate(body, most);
  const tail = body.subarray(engine.bytesWritten);
  if (tail.length < tailBytes) throw new Refused("bundle.corrupt", "it ends before its checksum");
  if (!tailOf(buffer).equals(tail.subarray(0, tailBytes))) throw new Refused("bundle.corrupt", "its checksum");
  if (tail.length > tailBytes) throw new Refused("bundle.trailing", `${tail.length - tailBytes} bytes`);
  return buffer;
}
