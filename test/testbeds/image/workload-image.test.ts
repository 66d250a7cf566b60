import { createHash } from "node:crypto";
import { unpackTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { furniture } from "../../../src/kata/lane.ts";
import { workloadImage } from "../../../src/testbeds/image/workload-image.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
const Descriptor = z.object({ digest: z.string(), size: z.number(), mediaType: z.string() });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const Index = z.object({ manifests: z.array(Descriptor.extend({ annotations: z.record(z.string(), z.string()) })) });
const Config = z.object({ architecture: z.string(), rootfs: z.object({ diff_ids: z.array(z.string()) }) });

async function layout(archive: Uint8Array) {
  const members = await unpackTar(archive, { strict: true });
  const files = new Map(members.map(({ header, data }) => [header.name, Buffer.from(data ?? [])]));
  const blob = ({ digest, size }: z.infer<typeof Descriptor>) => {
    const contents = files.get(`blobs/${digest.replace(":", "/")}`);
    expect([contents?.length, `sha256:${sha256(contents ?? "")}`]).toEqual([size, digest]);
    return contents ?? Buffer.alloc(0);
  };
  const index = Index.parse(JSON.parse(String(files.get("index.json"))));
  const [named] = index.manifests;
  if (named === undefined) throw new Error("no manifest");
  const manifest = Manifest.parse(JSON.parse(String(blob(named))));
  const config = Config.parse(JSON.parse(String(blob(manifest.config))));
  return { names: [...files.keys()], named, config, layers: manifest.layers.map(blob), files };
}

describe("the harness's own image", () => {
  test("is a whole OCI layout: every blob is there under its digest, with its size", async () => {
    const { named, config, layers, files, names } = await layout(workloadImage("arm64", Buffer.from("program")));
    expect(named.annotations["io.containerd.image.name"]).toBe(furniture.image);
    expect(config.architecture).toBe("arm64");
    expect(config.rootfs.diff_ids).toEqual(layers.map(layer => `sha256:${sha256(layer)}`));
    expect(String(files.get("oci-layout"))).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(names.filter(name => /^blobs\/sha256\/\w/.test(name))).toHaveLength(3);
  });

  test("has busybox under the names that are called, a file to read, and places to mount on", async () => {
    const { layers } = await layout(workloadImage("amd64", Buffer.from("program")));
    const root = await unpackTar(layers[0] ?? new Uint8Array(), { strict: true });
    const of = (name: string) => root.find(({ header }) => header.name === name);
    expect(of("bin/busybox")?.header.mode).toBe(0o755);
    expect(String(Buffer.from(of("bin/busybox")?.data ?? []))).toBe("program");
    expect(of("bin/sh")?.header).toMatchObject({ type: "symlink", linkname: "busybox" });
    expect(String(Buffer.from(of("image")?.data ?? []))).toMatch(/^.+\n$/);
    for (const place of ["proc/", "sys/", "dev/", "volume/"]) expect(of(place)?.header.type).toBe("directory");
  });

  test("is the same bytes wherever it is made, and others for another program or architecture", () => {
    const digest = sha256(workloadImage("amd64", Buffer.from("program")));
    expect(digest).toMatchInlineSnapshot(`"00c12a71d2634ef6275fe6a1c9974d7f1fe30624335bec7d317353fe5c95fd06"`);
    expect(sha256(workloadImage("amd64", Buffer.from("other")))).not.toBe(digest);
    expect(sha256(workloadImage("arm64", Buffer.from("program")))).not.toBe(digest);
  });
});
