import { describe, expect, it } from "vitest";
import type { Command, Observation } from "../../../src/model/command.ts";
import type { Testbed } from "../../../src/model/testbed.ts";
import { readListing, readModules } from "../../../src/testbeds/initramfs/modules.ts";

const module = (what: string) => Buffer.from(`\x7fELF${what}`, "latin1");

/** A testbed that has these files, as the one command that reads them gives them out. */
function holding(files: Readonly<Record<string, Uint8Array>>): Testbed {
  const run = async ({ argv }: Command): Promise<Observation> => {
    const found = argv.slice(5).map(path => files[path]);
    const missing = found.includes(undefined);
    const stdout = Buffer.concat(found.flatMap(one => (one ? [Buffer.from(`${one.length}\n`), one] : [])));
    const ending = { kind: "exited", code: missing ? 1 : 0 } as const;
    return { argv, stdout, stderr: Buffer.from(missing ? "sh: no such file" : ""), ending, durationMs: 1 };
  };
  const fetch = async () => new Uint8Array();
  return { kind: "container", run, write: async () => {}, fetch, [Symbol.asyncDispose]: async () => {} };
}

const unpackers = {
  busybox: new Uint8Array(),
  decompress: async (program: string, contents: Uint8Array) => module(`${program}:${Buffer.from(contents)}`),
};

describe("kernel modules", () => {
  it("are listed in the order in which modprobe would insert them, each once", () => {
    const listing = [
      "virtio_pci: builtin virtio_pci",
      "sd_mod: insmod /lib/modules/6.1/kernel/scsi_common.ko ",
      "sd_mod: insmod /lib/modules/6.1/kernel/scsi_mod.ko scan=none",
      "sd_mod: insmod /lib/modules/6.1/kernel/scsi_common.ko ",
      "nope: modprobe: FATAL: Module nope not found in directory /lib/modules/6.1",
      "",
    ].join("\n");
    expect([...readListing(listing)]).toEqual([
      ["sd_mod", ["/lib/modules/6.1/kernel/scsi_common.ko", "/lib/modules/6.1/kernel/scsi_mod.ko"]],
    ]);
  });

  it("are read at once and come decompressed, named without the compressor", async () => {
    const files = { "/m/plain.ko": module("\n3\n"), "/m/a.ko.xz": module("one"), "/m/b.ko.zst": Buffer.from("two") };
    const read = await readModules(holding(files), Object.keys(files), unpackers);
    const seen = [...read.values()].map(({ name, contents }) => [
      name,
      Buffer.from(contents).toString("latin1").slice(4),
    ]);
    expect(seen).toEqual([
      ["plain.ko", "\n3\n"],
      ["a.ko", "one"],
      ["b.ko", "zstd:two"],
    ]);
  });

  it("are refused where one is missing, or is something else", async () => {
    await expect(readModules(holding({}), ["/m/a.ko"], unpackers)).rejects.toMatchObject({
      reason: {
        code: "harness.output-unreadable",
        message: expect.stringContaining("cannot be read: sh: no such file"),
      },
    });
    await expect(readModules(holding({ "/m/a.ko": Buffer.from("text") }), ["/m/a.ko"], unpackers)).rejects.toThrow(
      "not a kernel module",
    );
  });

  it("are read by two at once, each with an unpacker of its own", async () => {
    const written: string[] = [];
    const files = { "/m/a.ko.xz": module("one") };
    const testbed = { ...holding(files), write: async (path: string) => void written.push(path) };
    await Promise.all([1, 2].map(() => readModules(testbed, Object.keys(files), unpackers)));
    expect(new Set(written).size).toBe(2);
  });

  it("are none where all is built in", async () => {
    expect((await readModules(holding({}), [], unpackers)).size).toBe(0);
  });
});
