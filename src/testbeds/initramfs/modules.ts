import { randomBytes } from "node:crypto";
import { Unprepared } from "../../images/unprepared.ts";
import type { Command, Observation } from "../../model/command.ts";
import { reason } from "../../model/reason.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Module } from "./guest.ts";

/** Runs `PROGRAM -dc` on contents; rejects where they are damaged. Only asked for what busybox cannot do. */
export type Decompress = (program: "xz" | "zstd", contents: Uint8Array) => Promise<Uint8Array>;

export interface Unpackers {
  /** Static, for the testbed's architecture. The root file system under test need not have any of its own. */
  readonly busybox: Uint8Array;
  readonly decompress: Decompress;
}

/** Asks the distro's own modprobe what each module needs: lines `NAME: insmod PATH`, `NAME: builtin …` or its complaint. */
export const listModules = (release: string, names: readonly string[]): Command => ({
  argv: ["sh", "-c", listing, "sh", release, ...names],
  timeoutMs: 30_000,
  wholeBytes: 2 ** 20,
});

/** Kernel packages that are only unpacked have no modules.dep: their own scripts make it when they are configured. */
const listing = `
release=$1; shift
[ -e "/lib/modules/$release/modules.dep" ] || depmod "$release"
for name; do modprobe -S "$release" --show-depends "$name" 2>&1 | sed "s/^/$name: /"; done
`;

/** Paths by the name asked for, in the order in which they are to be inserted. */
export function readListing(stdout: string): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const line of stdout.split("\n")) {
    const [, name, path] = /^([^:]+): insmod (\S+)/.exec(line) ?? [];
    if (name === undefined || path === undefined) continue;
    const known = paths.get(name) ?? [];
    if (!known.includes(path)) paths.set(name, [...known, path]);
  }
  return paths;
}

/** Of all modules of a guest, decompressed. */
const wholeBytes = 128 * 2 ** 20;

/** Of each reading its own: two tiers read on one testbed at once, and a program that is being replaced does not start. */
const ownBusybox = () => `/run/kata-verify/busybox-${randomBytes(8).toString("hex")}`;

/** Each file as its length, a newline and its bytes: one command for any number of them. */
const together = `
busybox=$1 unpacked=$1.unpacked; shift
trap 'rm -f "$busybox" "$unpacked"' EXIT
for path; do
  file=$unpacked
  case $path in
    *.xz) "$busybox" xzcat <"$path" >"$file" || exit ;;
    *.gz) "$busybox" zcat <"$path" >"$file" || exit ;;
    *) file=$path ;;
  esac
  "$busybox" stat -c %s "$file" && cat "$file" || exit
done
`;

/** Nothing was told of the kernel under test: that is no bug of the harness's either. */
export const unreadable = (message: string) =>
  new Unprepared("exercise", reason("harness.output-unreadable", message.trim()));

/** The modules at the paths, decompressed. Rejects with `Unprepared` where one cannot be read, or is not what its name says. */
export async function readModules(
  testbed: Testbed,
  paths: readonly string[],
  { busybox, decompress }: Unpackers,
): Promise<ReadonlyMap<string, Module>> {
  if (paths.length === 0) return new Map();
  const busyboxPath = ownBusybox();
  await testbed.write(busyboxPath, busybox, 0o755);
  const argv = ["sh", "-c", together, "sh", busyboxPath, ...paths] as const;
  const files = split(await testbed.run({ argv, timeoutMs: 120_000, wholeBytes }), paths.length);
  const modules = await Promise.all(paths.map((path, at) => module(path, files[at], decompress)));
  return new Map(modules.map((one, at) => [paths[at] ?? "", one]));
}

function split({ stdout, stderr, ending }: Observation, count: number): Uint8Array[] {
  if (ending.kind !== "exited" || ending.code !== 0)
    throw unreadable(`kernel modules cannot be read: ${new TextDecoder().decode(stderr)}`);
  const files: Uint8Array[] = [];
  for (let at = 0; files.length < count; ) {
    const end = stdout.indexOf(0x0a, at);
    const size = Number(new TextDecoder().decode(stdout.subarray(at, end)));
    at = end + 1 + size;
    files.push(stdout.subarray(end + 1, at));
  }
  return files;
}

async function module(path: string, read: Uint8Array | undefined, decompress: Decompress): Promise<Module> {
  if (read === undefined) throw unreadable(`no bytes came for ${path}`);
  const [, name = ""] = /([^/]+\.ko)(?:\.\w+)?$/.exec(path) ?? [];
  const contents = path.endsWith(".zst") ? await decompress("zstd", read) : read;
  if (name === "" || new TextDecoder("latin1").decode(contents.subarray(0, 4)) !== "\x7fELF")
    throw unreadable(`not a kernel module: ${path}`);
  return { name, contents };
}
