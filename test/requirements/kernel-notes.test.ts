import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { said } from "../../src/requirements/checks/example.ts";
import { type Note, readNotes } from "../../src/requirements/checks/kernel-notes.ts";
import { kernelNotes } from "../../src/requirements/steps/kernel-notes.ts";

const folder = mkdtempSync(join(tmpdir(), "kata-verify-notes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const linux: Note = { name: "Linux", type: 0x101, says: "00000000" };
const pvh: Note = { name: "Xen", type: 18, says: "0000000001000b20" };

/** Notes as they stand in a segment. */
function segment(notes: readonly Note[], align = 4): Buffer {
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & (align - 1))]);
  return Buffer.concat(
    notes.map(({ name, type, says }) => {
      const description = Buffer.from(says, "hex").reverse();
      const head = Buffer.alloc(12);
      for (const [at, value] of [name.length + 1, description.length, type].entries())
        head.writeUInt32LE(value, at * 4);
      return Buffer.concat([padded(Buffer.concat([head, Buffer.from(`${name}\0`)])), padded(description)]);
    }),
  );
}

/** An ELF file of a segment that is to be loaded, and one with these notes. */
function vmlinux(notes: Buffer, align = 4): Buffer {
  const elf = Buffer.alloc(64 + 2 * 56);
  elf.write("\x7fELF\x02\x01", "latin1");
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(2, 56);
  for (const [at, type] of [1, 4].entries()) {
    const row = 64 + at * 56;
    elf.writeUInt32LE(type, row);
    elf.writeBigUInt64LE(BigInt(elf.length), row + 8);
    elf.writeBigUInt64LE(BigInt(notes.length), row + 32);
    elf.writeBigUInt64LE(BigInt(align), row + 48);
  }
  return Buffer.concat([elf, notes]);
}

/** As x86's boot protocol has it: a sector, one more of set-up, code, and the payload with something behind it. */
function bzImage(payload: Buffer): Buffer {
  const image = Buffer.alloc(1024 + 716);
  image.writeUInt8(1, 497);
  image.write("HdrS", 514, "latin1");
  image.writeUInt16LE(0x20f, 518);
  image.writeUInt32LE(716, 584);
  image.writeUInt32LE(payload.length, 588);
  return Buffer.concat([image, payload, Buffer.alloc(100, 0xff)]);
}

function ran(image: Buffer) {
  const { command } = kernelNotes(image, folder);
  const [program, ...argv] = command.argv;
  const { status, stdout, stderr } = spawnSync(program, argv, { input: image, encoding: "utf8" });
  return said(stdout, stderr, status ?? 255);
}

describe("the notes of the kernel in an image", () => {
  const kernel = vmlinux(segment([linux, pvh]));

  it.each([
    ["a compressed kernel", bzImage(gzipSync(kernel))],
    ["one that is not compressed", bzImage(kernel)],
    ["an ELF file", kernel],
    ["fields at multiples of eight", vmlinux(segment([linux, pvh], 8), 8)],
  ])("are read from %s", (_, image) => {
    expect(readNotes(ran(image))).toEqual([linux, pvh]);
  });

  it("are none where it has none", () => {
    expect(readNotes(ran(bzImage(gzipSync(vmlinux(Buffer.alloc(0))))))).toEqual([]);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no kernel", Buffer.alloc(4096, 0x20)],
    ["a payload of no kind that is known", bzImage(Buffer.from("nothing that anybody knows"))],
    ["a payload that is no ELF file", bzImage(gzipSync("hello"))],
    ["a payload that is cut off", bzImage(gzipSync(kernel).subarray(0, 40))],
    ["a segment that is cut off", kernel.subarray(0, -4)],
    ["a note that is cut off", vmlinux(segment([linux, pvh]).subarray(0, -4))],
  ])("cannot be told of %s", (_, image) => {
    expect(readNotes(ran(image))).toBeUndefined();
  });
});
