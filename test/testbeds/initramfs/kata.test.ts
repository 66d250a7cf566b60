import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { guestInit, guestInitParameter } from "../../../src/kata/guest-init.ts";
import { cpio, file, symlink } from "../../../src/testbeds/initramfs/cpio.ts";
import { kataInitrd } from "../../../src/testbeds/initramfs/kata.ts";
import { readCpio } from "./read-cpio.ts";

const base = gzipSync(cpio([file("usr/lib/x", "base"), symlink("lib", "usr/lib"), file("init", "base's own")]));
const module = (name: string) => ({ name, contents: Buffer.from(name) });
const parts = {
  base,
  busybox: Buffer.from("program"),
  standin: Buffer.from("standin"),
  modules: [module("b.ko"), module("a.ko"), module("b.ko")],
};

describe("the guest's initrd", () => {
  test.each([0, 1, 2, 3])(
    "begins with the base, untouched, and goes on at a multiple of four (%i bytes more)",
    more => {
      const padded = Buffer.concat([base, Buffer.alloc(more)]);
      const made = Buffer.from(kataInitrd({ ...parts, base: padded }));
      expect(Buffer.compare(made.subarray(0, padded.length), padded)).toBe(0);
      const own = made.indexOf("070701", padded.length);
      expect(own % 4).toBe(0);
      expect(own - padded.length).toBeLessThan(4);
      expect(made.subarray(padded.length, own).every(byte => byte === 0)).toBe(true);
    },
  );

  test("has everything of ours in one folder, modules in the order in which they are inserted", () => {
    const members = readCpio(kataInitrd({ ...parts, base: new Uint8Array() }));
    expect(members.map(({ name }) => name)).toEqual([
      "kata-verify",
      ...["busybox", "init", "modules", "modules.list", "modules/a.ko", "modules/b.ko", "standin"].map(
        one => `kata-verify/${one}`,
      ),
    ]);
    const contents = (path: string) => members.find(({ name }) => name === path)?.contents;
    expect(contents("kata-verify/modules.list")).toBe("b.ko\na.ko\n");
    expect(contents(guestInitParameter.replace("rdinit=/", ""))).toBe(guestInit);
  });

  test("is the same bytes for the same parts", () => {
    expect(Buffer.compare(kataInitrd(parts), kataInitrd({ ...parts }))).toBe(0);
  });
});
