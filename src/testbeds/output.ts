/** Bytes of a stream, from its beginning and from its end. */
export interface Share {
  readonly head: number;
  readonly tail: number;
}

/** What evidence keeps of a stream. A testbed keeps no more in memory, unless a command says that it is needed whole. */
export const usualShare: Share = { head: 96 * 1024, tail: 32 * 1024 };

/** Of a command whose output is needed whole; the tail has room for the stand-in's last line. */
export const shareOf = (wholeBytes: number | undefined): Share =>
  wholeBytes === undefined ? usualShare : { head: wholeBytes, tail: usualShare.tail };

/** The length of a note, at most. */
export const noteMax = 64;

/** Two ends of a stream with a note of what was between them. */
export const joined = (head: Uint8Array, leftOut: number, tail: Uint8Array): Uint8Array =>
  leftOut === 0
    ? Buffer.concat([head, tail])
    : Buffer.concat([head, Buffer.from(`\n[… ${leftOut} bytes left out …]\n`), tail]);

export interface Keeper {
  push(chunk: Uint8Array): void;
  /** The beginning and the end, with a note of what was between them. */
  bytes(): Uint8Array;
  leftOut(): number;
}

/** Keeps a stream, however much comes, in no more memory than its share and a chunk. */
export function openKeeper(share: Share | undefined): Keeper {
  const head: Uint8Array[] = [];
  const state = { room: share?.head ?? Number.POSITIVE_INFINITY, tail: [] as Uint8Array[], held: 0, seen: 0 };
  const most = share?.tail ?? 0;
  return {
    push: chunk => {
      const first = chunk.subarray(0, Math.min(chunk.length, state.room));
      if (first.length > 0) head.push(first);
      state.room -= first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      state.tail.push(rest);
      state.held += rest.length;
      state.seen += rest.length;
      if (state.held < 2 * most + rest.length) return;
      // A copy: what is left out is not to be held by what is not.
      state.tail = [Uint8Array.prototype.slice.call(Buffer.concat(state.tail), -most)];
      state.held = most;
    },
    bytes: () => {
      const tail = Buffer.concat(state.tail);
      const kept = tail.subarray(Math.max(0, tail.length - most));
      return joined(Buffer.concat(head), state.seen - kept.length, kept);
    },
    leftOut: () => Math.max(0, state.seen - most),
  };
}
