import { createHash } from "node:crypto";
import type { Arch } from "../../model/words.ts";
import { type CpioEntry, file } from "../initramfs/cpio.ts";
import { tar } from "./tar.ts";

export interface OciImage {
  /** Registry, repository and tag, as containerd will name it. */
  readonly reference: string;
  readonly arch: Arch;
  readonly root: readonly CpioEntry[];
  /** What runs where nothing else is asked for. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const media = "application/vnd.oci.image";

/** A tar of an OCI image layout with one image of one layer, as `ctr images import` takes it: the same bytes for the same image. */
export function ociArchive({ reference, arch, root, command, env }: OciImage): Uint8Array {
  const blobs: CpioEntry[] = [];
  const blob = (mediaType: string, contents: Uint8Array | string): Blob => {
    const digest = createHash("sha256").update(contents).digest("hex");
    const entry = file(`blobs/sha256/${digest}`, contents);
    blobs.push(entry);
    return { mediaType, digest: `sha256:${digest}`, size: entry.contents?.length ?? 0 };
  };
  // Not compressed, so that its digest does not depend on a version of zlib, nor its unpacking on a slow CPU.
  const layer = blob(`${media}.layer.v1.tar`, tar(root));
  const config = blob(
    `${media}.config.v1+json`,
    JSON.stringify({
      architecture: arch,
      os: "linux",
      created: "1970-01-01T00:00:00Z",
      config: { Env: Object.entries(env).map(([name, value]) => `${name}=${value}`), Cmd: command },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    }),
  );
  const manifestType = `${media}.manifest.v1+json`;
  const manifest = blob(
    manifestType,
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [layer] }),
  );
  const annotations = { "io.containerd.image.name": reference };
  const index = { schemaVersion: 2, mediaType: `${media}.index.v1+json`, manifests: [{ ...manifest, annotations }] };
  return tar([
    ...blobs,
    file("index.json", JSON.stringify(index)),
    file("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
  ]);
}
