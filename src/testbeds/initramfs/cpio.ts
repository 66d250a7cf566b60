/** A member of an archive; its path is relative or absolute, both mean the same place. */
export interface CpioEntry {
  readonly path: string;
  /** Type and permissions as `st_mode` has them. */
  readonly mode: number;
  /** Bytes of a file, or the target of a symbolic link. */
  readonly contents?: Uint8Array;
  readonly device?: { readonly major: number; readonly minor: number };
}

const utf8 = new TextEncoder();

export const file = (path: string, contents: Uint8Array | string, permissions = 0o644): CpioEntry => ({
  path,
  mode: 0o100000 | permissions,
  contents: typeof contents === "string" ? utf8.encode(contents) : contents,
});
export const directory = (path: string, permissions = 0o755): CpioEntry => ({ path, mode: 0o040000 | permissions });
export const symlink = (path: string, target: string): CpioEntry => ({
  path,
  mode: 0o120777,
  contents: utf8.encode(target),
});
export const charDevice = (path: string, major: number, minor: number, permissions = 0o600): CpioEntry => ({
  path,
  mode: 0o020000 | permissions,
  device: { major, minor },
});

/** Eight hexadecimal digits hold the size of a member: 4 GiB less one byte. */
const largest = 0xffff_ffff;

/**
 * The archive that a Linux kernel unpacks: "newc" format, the same bytes for the same members in any order.
 * Owner, time and inode say nothing (0, 0, position); missing parent folders are made. Its length is a multiple of four,
 * so archives can be put one behind the other.
 * @throws RangeError where a member is too large, named twice, or leaves the root.
 */
export function cpio(entries: readonly CpioEntry[]): Uint8Array {
  const chunks = inOrder(entries).flatMap(([name, entry], at) => member(name, entry, at + 1));
  return concatenate([...chunks, ...member("TRAILER!!!", { path: "", mode: 0 }, 0)]);
}

/** By name, without a leading slash, parents before what is in them: the same for the same members in any order. */
export const inOrder = (entries: readonly CpioEntry[]): readonly (readonly [name: string, entry: CpioEntry])[] =>
  [...withParents(entries)].sort(([a], [b]) => (a < b ? -1 : 1));

function withParents(entries: readonly CpioEntry[]): Map<string, CpioEntry> {
  const named = new Map<string, CpioEntry>();
  for (const entry of entries) {
    const name = normal(entry.path);
    if (named.has(name)) throw new RangeError(`named twice in one archive: ${name}`);
    named.set(name, entry);
  }
  for (const name of [...named.keys()]) {
    const parts = name.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      if (!named.has(parent)) named.set(parent, directory(parent));
    }
  }
  return named;
}

function normal(path: string): string {
  const parts = path.split("/").filter(part => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) throw new RangeError(`not a place below the root: "${path}"`);
  return parts.join("/");
}

function member(name: string, entry: CpioEntry, inode: number): Uint8Array[] {
  const contents = entry.contents ?? new Uint8Array();
  if (contents.length > largest)
    throw new RangeError(`${name} has ${contents.length} bytes, the format holds ${largest}`);
  const nameBytes = utf8.encode(`${name}\0`);
  const isDirectory = (entry.mode & 0o170000) === 0o040000;
  const fields = [inode, entry.mode, 0, 0, isDirectory ? 2 : 1, 0, contents.length, 0, 0];
  fields.push(entry.device?.major ?? 0, entry.device?.minor ?? 0, nameBytes.length, 0);
  const header = utf8.encode(`070701${fields.map(field => field.toString(16).padStart(8, "0")).join("")}`);
  return [header, nameBytes, padding(header.length + nameBytes.length), contents, padding(contents.length)];
}

const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
