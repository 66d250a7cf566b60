import { Unfit } from "./unfit.ts";

const blockBytes = 512;
const [nameEnd, sizeAt, sizeEnd, sumAt, sumEnd, typeAt] = [100, 124, 136, 148, 156, 156];
const sparse = "S".charCodeAt(0);

const text = (header: Buffer, from: number, to: number) => header.toString("latin1", from, to).replace(/[\0 ].*$/s, "");

/** All bytes of a header added up, those of the sum itself as blanks. */
function isHeader(header: Buffer): boolean {
  const sum = header.reduce((all, byte, at) => all + (at >= sumAt && at < sumEnd ? 0x20 : byte), 0);
  return sum === Number.parseInt(header.toString("latin1", sumAt, sumEnd).trim(), 8);
}

/** Octal digits, or a number in base 256 where the first bit is set. */
function sizeIn(header: Buffer): number {
  if (header.readUInt8(sizeAt) < 0x80) return Number.parseInt(text(header, sizeAt, sizeEnd) || "0", 8);
  return Number(BigInt(`0x${header.toString("hex", sizeAt + 1, sizeEnd)}`));
}

/**
 * Looks at a tar as it goes by, in pieces of any length. Throws `Unfit` at a file that GNU tar stored without its holes: the
 * tar reader takes it for a shorter file, without a word.
 */
export function refusingHoles(): (chunk: Uint8Array) => void {
  const header = Buffer.alloc(blockBytes);
  const state = { filled: 0, skip: 0 };
  const read = () => {
    if (!isHeader(header)) return;
    if (header.readUInt8(typeAt) === sparse)
      throw new Unfit(
        `${text(header, 0, nameEnd)} is stored without its holes (tar --sparse), which nothing here can read`,
      );
    state.skip = Math.ceil(sizeIn(header) / blockBytes) * blockBytes;
  };
  return chunk => {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(state.skip, chunk.length - at);
      state.skip -= skipped;
      at += skipped;
      const part = chunk.subarray(at, at + (state.skip > 0 ? 0 : blockBytes - state.filled));
      header.set(part, state.filled);
      at += part.length;
      state.filled += part.length;
      if (state.filled < blockBytes) continue;
      state.filled = 0;
      read();
    }
  };
}
