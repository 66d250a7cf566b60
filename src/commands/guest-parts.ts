import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { partOf } from "../images/scratch.ts";
import type { Tools } from "../images/tools.ts";
import type { Hands } from "../observe/hands.ts";
import type { Engine } from "../testbeds/engine.ts";
import { unreadable } from "../testbeds/initramfs/modules.ts";

export interface GuestPartsOptions {
  readonly engine: Engine;
  readonly tools: Tools;
  /** Id of the run. */
  readonly run: string;
  /** Where initramfs archives are kept. */
  readonly folder: string;
  /** What was kept before is made again. */
  readonly fresh: boolean;
}

/** What the harness brings into a guest, with the tools image's programs where the runner may have none. */
export const guestParts = ({ engine, tools, run, folder, fresh }: GuestPartsOptions): Hands["guestParts"] => ({
  busybox: tools.busybox,
  standin: tools.standin,
  decompress: decompressWith(engine, tools, run),
  keep: keepIn(folder, fresh),
});

const sha256 = (contents: Uint8Array): Buffer => createHash("sha256").update(contents).digest();
const digestBytes = 32;

/** What is behind its own digest; undefined where it is not what was put there: a guest would fail on it, and its distro be blamed. */
function whole(file: Buffer | undefined): Uint8Array | undefined {
  const contents = file?.subarray(digestBytes);
  return contents && file?.subarray(0, digestBytes).equals(sha256(contents)) ? contents : undefined;
}

/** Keeps what is made under a key, as a file of the cache. */
const keepIn =
  (folder: string, fresh: boolean) =>
  async (key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    const path = join(folder, key);
    const kept = fresh ? undefined : whole(await readFile(path).catch(() => undefined));
    if (kept) return kept;
    const made = await make();
    await mkdir(folder, { recursive: true });
    const part = partOf(path);
    await writeFile(part, Buffer.concat([sha256(made), made]));
    await rename(part, path);
    return made;
  };

function decompressWith(engine: Engine, tools: Tools, run: string) {
  const common = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  return async (program: "xz" | "zstd", contents: Uint8Array): Promise<Uint8Array> => {
    await using container = await engine.start({ ...common, image: tools.imageId, run });
    const { code, stdout, stderr } = await container.exec([program, "-dc"], { stdin: contents });
    if (code !== 0) throw unreadable(`${program} could not decompress a kernel module: ${Buffer.from(stderr)}`);
    return stdout;
  };
}
