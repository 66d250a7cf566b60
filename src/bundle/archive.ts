import { type RefusalCode, Refused } from "../model/refusal.ts";
import { tar } from "../testbeds/image/tar.ts";
import { file } from "../testbeds/initramfs/cpio.ts";
import { limits } from "./limits.ts";
import { type Files, isMemberName } from "./names.ts";

const blockBytes = 512;

/** The archive of these files, the same bytes for the same files. Throws RangeError for a name of more than 100 bytes. */
export const archive = (files: Files): Uint8Array => tar([...files].map(([name, bytes]) => file(name, bytes)));

const latin1 = new TextDecoder("latin1");

function text(block: Uint8Array, at: number, length: number): string {
  const field = latin1.decode(block.subarray(at, at + length));
  return field.split("\0", 1)[0] ?? "";
}

/** By the type flag of a member, what is wrong with its kind: 1 and 2 are links, 3 to 7 devices and the like. */
const kinds: ReadonlyMap<string, RefusalCode | undefined> = new Map([
  ...([
    ["0", undefined],
    ["5", undefined],
  ] as const),
  ...([
    ["1", "archive.link"],
    ["2", "archive.link"],
  ] as const),
]);

interface Member {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
}

function member(block: Uint8Array): Member {
  const name = text(block, 0, 100);
  const shown = JSON.stringify(name);
  const flag = text(block, 156, 1);
  const wrong = kinds.has(flag) ? kinds.get(flag) : "archive.kind";
  if (wrong !== undefined) throw new Refused(wrong, `${shown}, type ${JSON.stringify(flag)}`);
  const isFolder = flag === "5";
  if (!isMemberName(isFolder ? name.replace(/\/$/, "") : name) || text(block, 345, 155) !== "")
    throw new Refused("archive.path", shown);
  const digits = text(block, 124, 12);
  if (!/^[0-7]{11}$/.test(digits)) throw new Refused("archive.corrupt", `the size of ${shown}`);
  const size = Number.parseInt(digits, 8);
  if (size > limits.file) throw new Refused("archive.file-too-large", `${shown} has ${size} bytes`);
  return { name, isFolder, size };
}

/** The members up to the first empty block. */
function members(bytes: Uint8Array): Map<string, { readonly isFolder: boolean; readonly contents: Uint8Array }> {
  const found = new Map<string, { readonly isFolder: boolean; readonly contents: Uint8Array }>();
  for (let at = 0; ; ) {
    const block = bytes.subarray(at, at + blockBytes);
    if (block.length < blockBytes) throw new Refused("archive.corrupt", "it ends without an end");
    if (block[0] === 0) return found;
    const { name, isFolder, size } = member(block);
    const contents = bytes.subarray(at + blockBytes, at + blockBytes + size);
    if (contents.length < size) throw new Refused("archive.corrupt", `it ends within ${JSON.stringify(name)}`);
    if (found.has(name)) throw new Refused("archive.duplicate", JSON.stringify(name));
    found.set(name, { isFolder, contents });
    if (found.size > limits.members) throw new Refused("archive.too-many", `more than ${limits.members}`);
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
}

/** A file below which there are others: programs that unpack it do so each in their own way. */
function fileAndFolder(files: Files): string | undefined {
  const above = (name: string) => name.split("/").map((_, depth, steps) => steps.slice(0, depth).join("/"));
  return [...files.keys()].flatMap(above).find(name => files.has(name));
}

function again(files: Files): Uint8Array {
  try {
    return archive(files);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new Refused("archive.form", cause.message);
  }
}

/**
 * The files of an archive that `archive` wrote. Whatever tar can say beside names and contents has one value there, so what was read
 * is written again and must be the same bytes: there is no header, order, padding or end to hide anything in. Throws Refused.
 */
export function unarchived(bytes: Uint8Array): Files {
  const found = [...members(bytes)].filter(([, { isFolder }]) => !isFolder);
  const files: Files = new Map(found.map(([name, { contents }]) => [name, contents]));
  const both = fileAndFolder(files);
  if (both !== undefined) throw new Refused("archive.form", `${JSON.stringify(both)} is a file and a folder`);
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).equals(again(files)))
    throw new Refused("archive.form", "a header, an order, a padding or an end differs");
  return files;
}
