import { describe, expect, it } from "vitest";
import { charDevice, cpio, directory, file, symlink } from "../../../src/testbeds/initramfs/cpio.ts";
import { readCpio as read, text } from "./read-cpio.ts";

describe("cpio", () => {
  it("writes the header that the format asks for, byte for byte", () => {
    expect(text(cpio([file("a", "hi\n")]))).toBe(
      "070701" +
        "00000001000081a4000000000000000000000001000000000000000300000000000000000000000000000000" +
        "0000000200000000a\0hi\n\0" +
        "070701" +
        "00000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000b00000000" +
        "TRAILER!!!\0\0\0\0",
    );
  });

  it("keeps files, links, folders and devices", () => {
    expect(
      read(
        cpio([
          directory("proc", 0o555),
          charDevice("dev/console", 5, 1),
          symlink("bin/sh", "busybox"),
          file("x", "12345"),
        ]),
      ),
    ).toEqual([
      { name: "bin", mode: 0o040755, nlink: 2, size: 0, rdev: "0,0", contents: "" },
      { name: "bin/sh", mode: 0o120777, nlink: 1, size: 7, rdev: "0,0", contents: "busybox" },
      { name: "dev", mode: 0o040755, nlink: 2, size: 0, rdev: "0,0", contents: "" },
      { name: "dev/console", mode: 0o020600, nlink: 1, size: 0, rdev: "5,1", contents: "" },
      { name: "proc", mode: 0o040555, nlink: 2, size: 0, rdev: "0,0", contents: "" },
      { name: "x", mode: 0o100644, nlink: 1, size: 5, rdev: "0,0", contents: "12345" },
    ]);
  });

  it("is the same for members in any order, absolute or relative", () => {
    const one = cpio([file("a/b", "1"), file("a-b", "2"), file("a/c/d", "3", 0o755)]);
    const other = cpio([file("/a/c/d", "3", 0o755), file("./a-b", "2"), file("a//b", "1")]);
    expect(other).toEqual(one);
    expect(read(one).map(member => member.name)).toEqual(["a", "a-b", "a/b", "a/c", "a/c/d"]);
  });

  it("puts a parent before its children and does not replace one that is given", () => {
    const members = read(cpio([file("a/b/c", ""), directory("a/b", 0o700)]));
    expect(members.map(({ name, mode }) => [name, mode & 0o777])).toEqual([
      ["a", 0o755],
      ["a/b", 0o700],
      ["a/b/c", 0o644],
    ]);
  });

  it("can be appended to another archive", () => {
    for (const size of [0, 1, 2, 3, 4, 5]) expect(cpio([file("f", "x".repeat(size))]).length % 4).toBe(0);
  });

  it("refuses a size that eight digits cannot hold", () => {
    const contents = Object.defineProperty(new Uint8Array(), "length", { value: 2 ** 32 });
    expect(() => cpio([file("huge", contents)])).toThrow(/huge has 4294967296 bytes/);
  });

  it.each(["../up", "a/../../b", "", "/", "."])("refuses %j, which is no place below the root", path => {
    expect(() => cpio([file(path, "")])).toThrow(RangeError);
  });

  it("refuses the same path twice", () => {
    expect(() => cpio([file("a", "1"), file("/a", "2")])).toThrow("named twice");
  });
});
