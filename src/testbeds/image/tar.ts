import { type CpioEntry, concatenate, inOrder } from "../initramfs/cpio.ts";

const blockBytes = 512;
const utf8 = new TextEncoder();

/** Type flags by the file type of `st_mode`. */
const types: ReadonlyMap<number, string> = new Map([
  [0o100000, "0"],
  [0o120000, "2"],
  [0o040000, "5"],
]);

/** Eleven octal digits hold the size of a member: 8 GiB less one byte. */
const largest = 0o777_7777_7777;

const padding = (length: number) => new Uint8Array((blockBytes - (length % blockBytes)) % blockBytes);

/**
 * A tar in the "ustar" format, the same bytes for the same members in any order: owner 0, time 0, parent folders made.
 * @throws RangeError where a member is named twice or leaves the root, has no place in the format (a name of more than 100
 * bytes, 8 GiB), or is neither file nor symbolic link nor folder.
 */
export function tar(entries: readonly CpioEntry[]): Uint8Array {
  const chunks = inOrder(entries).flatMap(([name, entry]) => member(name, entry));
  return concatenate([...chunks, new Uint8Array(2 * blockBytes)]);
}

function member(path: string, { mode, contents = new Uint8Array() }: CpioEntry): Uint8Array[] {
  const type = types.get(mode & 0o170000);
  if (type === undefined) throw new RangeError(`neither file nor symbolic link nor folder: ${path}`);
  const name = utf8.encode(type === "5" ? `${path}/` : path);
  const target = type === "2" ? contents : new Uint8Array();
  const body = type === "0" ? contents : new Uint8Array();
  if (name.length > 100 || target.length > 100) throw new RangeError(`a name of more than 100 bytes: ${path}`);
  if (body.length > largest) throw new RangeError(`${path} has ${body.length} bytes, the format holds ${largest}`);
  return [header({ name, mode, type, target, size: body.length }), body, padding(body.length)];
}

interface Header {
  readonly name: Uint8Array;
  readonly mode: number;
  readonly type: string;
  readonly target: Uint8Array;
  readonly size: number;
}

function header({ name, mode, type, target, size }: Header): Uint8Array {
  const block = new Uint8Array(blockBytes);
  const text = (at: number, value: string) => block.set(utf8.encode(value), at);
  const octal = (at: number, digits: number, value: number) => text(at, value.toString(8).padStart(digits, "0"));
  block.set(name, 0);
  octal(100, 7, mode & 0o7777);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, size);
  octal(136, 11, 0);
  // Its own place counts as eight spaces.
  text(148, " ".repeat(8));
  text(156, type);
  block.set(target, 157);
  text(257, "ustar\0");
  text(263, "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(148, 6, sum);
  text(154, "\0 ");
  return block;
}
