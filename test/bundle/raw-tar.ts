import { gzip } from "../../src/bundle/gzip.ts";

export interface RawMember {
  readonly name: string;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  /** The field as it is written. */
  readonly size?: string;
  readonly target?: string;
  readonly mode?: string;
  readonly prefix?: string;
}

/** A member with a header that is right but for what is asked for. */
export function rawMember({
  name,
  type = "0",
  body = "",
  size,
  target = "",
  mode = "0000644",
  prefix = "",
}: RawMember): Buffer {
  const contents = Buffer.from(body);
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(mode, 100);
  block.write("0000000", 108);
  block.write("0000000", 116);
  block.write(size ?? contents.length.toString(8).padStart(11, "0"), 124);
  block.write("00000000000", 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write("ustar\u000000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148);
  return Buffer.concat([block, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)]);
}

/** A bundle of these members and nothing else. */
export const rawBundle = (...members: readonly RawMember[]): Uint8Array =>
  gzip(Buffer.concat([...members.map(rawMember), Buffer.alloc(1024)]));
