import { describe, expect, test } from "vitest";
import { demux } from "../../../src/testbeds/engine/frames.ts";

function frame(type: number, payload: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}

function read(chunks: readonly Uint8Array[]) {
  const streams = { stdout: "", stderr: "" };
  const frames = demux(
    chunk => {
      streams.stdout += Buffer.from(chunk).toString("latin1");
    },
    chunk => {
      streams.stderr += Buffer.from(chunk).toString("latin1");
    },
  );
  for (const chunk of chunks) frames.push(chunk);
  return { ...streams, whole: frames.atBoundary() };
}

const stream = Buffer.concat([frame(1, "out"), frame(2, "err"), frame(1, ""), frame(1, "put\0\xff")]);

describe("demux", () => {
  test("tells the two streams apart", () => {
    expect(read([stream])).toEqual({ stdout: "output\0Ã¿", stderr: "err", whole: true });
  });

  test("does not care where chunks end", () => {
    const bytes = [...stream].map(byte => Uint8Array.of(byte));
    expect(read(bytes)).toEqual(read([stream]));
  });

  test("knows a stream that was cut off, in a payload and in a header", () => {
    expect(read([stream.subarray(0, stream.length - 1)]).whole).toBe(false);
    expect(read([frame(1, "out").subarray(0, 5)]).whole).toBe(false);
  });

  test("refuses what is no frame", () => {
    expect(() => read([Buffer.from("Error response")])).toThrow("frame of type 69");
  });
});
