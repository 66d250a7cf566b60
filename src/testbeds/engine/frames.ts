export interface Demux {
  push(chunk: Uint8Array): void;
  /** Whether the stream may end here: not in the middle of a frame. */
  atBoundary(): boolean;
}

const headerBytes = 8;

/**
 * Takes apart what the engine puts on one stream: frames of a type (1 stdout, 2 stderr), three zeroes, a big-endian
 * length, and that many bytes. docker-modem's own demuxStream drops a frame that was cut off without a word, and passes
 * everything on as stdout once a header is odd.
 */
export function demux(onStdout: (chunk: Uint8Array) => void, onStderr: (chunk: Uint8Array) => void): Demux {
  const header = Buffer.alloc(headerBytes);
  let filled = 0;
  let left = 0;

  const take = (chunk: Uint8Array): Uint8Array => {
    if (left === 0) {
      const part = chunk.subarray(0, headerBytes - filled);
      header.set(part, filled);
      filled += part.length;
      if (filled === headerBytes) {
        const type = header.readUInt8(0);
        if (type > 2) throw new Error(`the engine sent a frame of type ${type}`);
        left = header.readUInt32BE(4);
        if (left === 0) filled = 0;
      }
      return chunk.subarray(part.length);
    }
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (left === 0) filled = 0;
    (header.readUInt8(0) === 2 ? onStderr : onStdout)(part);
    return chunk.subarray(part.length);
  };

  return {
    push: chunk => {
      for (let rest = chunk; rest.length > 0; ) rest = take(rest);
    },
    atBoundary: () => filled === 0,
  };
}
