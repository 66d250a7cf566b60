import { basename } from "node:path";
import { TestbedGone } from "../../model/testbed.ts";
import type { Container } from "../engine.ts";

export interface BootFiles {
  readonly kernel: Uint8Array;
  /** As the distro has them, compressed or not; by name in the order in which they are to be inserted. */
  readonly modules: readonly { readonly name: string; readonly contents: Uint8Array }[];
}

/** What stands between the kernel and its disk and its agent; on many kernels some of it is built in. */
const needed = ["virtio_pci", "virtio_blk", "ext4", "virtio_console"];

/** `$1` a kernel release, the rest module names. The first line of each module that cannot be found goes to standard error. */
const dependsScript = 'release=$1; shift; for name; do modprobe -S "$release" --show-depends "$name" || exit; done';

const kernelScript = 'for path; do [ -f "$path" ] && exec cat "$path"; done; echo "no kernel at: $*" >&2; exit 1';

/** Each file as its length, a newline, its bytes. */
const filesScript = 'for path; do wc -c <"$path" && cat "$path" || exit; done';

async function read(container: Container, script: string, words: readonly string[]): Promise<Uint8Array> {
  const { code, stdout, stderr } = await container.exec(["sh", "-c", script, "sh", ...words]);
  if (code === 0) return stdout;
  const said = Buffer.from(stderr).toString().trim();
  throw new TestbedGone(`the root file system cannot be booted: ${said}`, "infra.testbed-no-boot");
}

/** The lines `insmod PATH OPTIONS` of modprobe, each once; `builtin NAME` needs nothing. */
export function modulePaths(shown: string): string[] {
  const paths = shown.split("\n").flatMap(line => /^insmod (\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

function* frames(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const next = end + 1 + Number(Buffer.from(bytes.subarray(at, end)).toString());
    yield bytes.subarray(end + 1, next);
    at = next;
  }
}

/** The kernel and the modules that a boot from the testbed's disk needs, out of a container of the root file system. */
export async function bootFiles(container: Container, kernelRelease: string): Promise<BootFiles> {
  const places = [`/boot/vmlinuz-${kernelRelease}`, `/usr/lib/modules/${kernelRelease}/vmlinuz`];
  const kernel = await read(container, kernelScript, places);
  const shown = await read(container, dependsScript, [kernelRelease, ...needed]);
  const paths = modulePaths(Buffer.from(shown).toString());
  const contents = paths.length === 0 ? [] : [...frames(await read(container, filesScript, paths))];
  const name = (path: string, at: number) => `${String(at).padStart(2, "0")}-${basename(path)}`;
  return {
    kernel,
    modules: paths.map((path, at) => ({ name: name(path, at), contents: contents[at] ?? new Uint8Array() })),
  };
}
