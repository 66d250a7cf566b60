import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import * as z from "zod";
import { keyOf } from "../../images/key.ts";
import { TestbedGone } from "../../model/testbed.ts";
import type { Container } from "../engine.ts";
import { bootFiles } from "./boot-files.ts";
import { hardLinks, linkScript } from "./hard-links.ts";
import { type Kept, keep } from "./kept.ts";
import { diskBytes } from "./machine.ts";
import type { VmOptions } from "./options.ts";

const DiskRecord = z.object({ kernelRelease: z.string() });

/** A root file system as a disk, and beside it what boots it: `disk.img`, `kernel`, `modules/`. */
export type Disk = Kept<z.infer<typeof DiskRecord>>;

/** Changes with every change of how a disk is made. */
const recipe = 2;

const out = "/out";

/** No journal: the disk is thrown away. Features that kernels before 6.0 do not know are left out. */
const makeScript = `set -e
truncate -s ${diskBytes} ${out}/disk.img
mke2fs -q -t ext4 -m 0 -O ^has_journal,^orphan_file,^metadata_csum_seed -E root_owner=0:0,nodiscard -d - ${out}/disk.img
`;

/** debugfs says nothing of its failures in its exit code; e2fsck does. Last, where the file is not a hole. */
const finishScript = `set -e
debugfs -w -f - ${out}/disk.img >/dev/null
e2fsck -fn ${out}/disk.img >&2
qemu-img map --output=json -f raw ${out}/disk.img
`;

/** `$1` a folder: modules as the kernel takes them from a program that cannot decompress. */
const decompressScript = `set -e
cd "$1"
for file in *; do
  case $file in *.xz) xz -d "$file" ;; *.zst) zstd -q -d --rm "$file" ;; *.gz) gzip -d "$file" ;; esac
done
`;

const Mapped = z.array(z.looseObject({ start: z.int(), length: z.int(), data: z.boolean(), zero: z.boolean() }));

/** The root file system on the disk, every name of every file. Resolves to what `qemu-img map` says of it. */
export async function fillDisk(source: Container, packer: Container, signal: AbortSignal | undefined): Promise<string> {
  const tar = await source.exportTar();
  // Both take it from its first byte: what comes before the packer runs would otherwise be for the other alone.
  const [packed, again] = [new PassThrough(), new PassThrough()];
  for (const copy of [packed, again]) tar.on("error", error => copy.destroy(error)).pipe(copy);
  const links = hardLinks(again);
  links.catch(() => {});
  try {
    // In the C locale a path in UTF-8 "can't be converted to current locale".
    const env = { LC_ALL: "C.UTF-8" };
    await must(packer, ["sh", "-c", makeScript], { stdin: packed, env, signal });
    const stdin = Buffer.from(linkScript(await links));
    return await must(packer, ["sh", "-c", finishScript], { stdin, env, signal });
  } finally {
    for (const copy of [packed, again]) copy.destroy();
  }
}

async function must(container: Container, argv: readonly string[], options?: Parameters<Container["exec"]>[1]) {
  const { code, stdout, stderr } = await container.exec(argv, options);
  if (code === 0) return Buffer.from(stdout).toString();
  const said = Buffer.from(stderr).toString().trim().split("\n").slice(-3).join("\n");
  const full = /No space left on device/.test(said);
  throw new TestbedGone(`the testbed's disk was not made: ${said}`, full ? "infra.disk-full" : "infra.testbed-no-boot");
}

/** Found in the cache or made, without root and without a loop device: an export of the image, packed by mke2fs. */
export async function prepareDisk(options: VmOptions): Promise<Disk> {
  const { engine, tools, rootfs, kernelRelease, cache, fresh, run, user, tell, signal } = options;
  return keep({
    cache,
    kind: "disks",
    key: keyOf({ recipe, rootfs: rootfs.key, image: rootfs.imageId, kernelRelease }),
    record: DiskRecord,
    fresh,
    onWait: () => tell("another run makes the testbed's disk; waiting for it"),
    onChanged: path => tell(`${path} was changed; making the testbed's disk again`),
    signal,
    make: async folder => {
      tell("making the testbed's disk");
      const common = { run, capabilities: [], devices: [], network: "none" } as const;
      await using source = await engine.start({ ...common, image: rootfs.imageId, mounts: [] });
      const mounts = [{ source: folder, target: out, readOnly: false }];
      await using packer = await engine.start({ ...common, image: tools.imageId, mounts, user });
      const { kernel, modules } = await bootFiles(source, kernelRelease);
      await writeFile(join(folder, "kernel"), kernel);
      await mkdir(join(folder, "modules"));
      for (const { name, contents } of modules) await writeFile(join(folder, "modules", name), contents);
      await must(packer, ["sh", "-c", decompressScript, "sh", `${out}/modules`], { signal });
      const inserted = (await readdir(join(folder, "modules"))).sort();
      const map = await fillDisk(source, packer, signal);
      const extents = Mapped.parse(JSON.parse(map)).filter(({ data, zero }) => data && !zero);
      return {
        record: { kernelRelease },
        files: [
          { name: "disk.img", extents: extents.map(({ start, length }) => ({ start, length })) },
          { name: "kernel" },
          ...inserted.map(name => ({ name: `modules/${name}` })),
        ],
      };
    },
  });
}
