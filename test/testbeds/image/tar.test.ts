import { execFileSync } from "node:child_process";
import { unpackTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import { tar } from "../../../src/testbeds/image/tar.ts";
import { charDevice, directory, file, symlink } from "../../../src/testbeds/initramfs/cpio.ts";

const members = [
  file("b/program", "#!/bin/sh\n", 0o755),
  file("a", "x".repeat(513)),
  symlink("b/link", "program"),
  directory("tmp", 0o1777),
  file("empty", ""),
];

describe("tar", () => {
  test("is what another reader takes strictly, parents made, sorted", async () => {
    const read = await unpackTar(tar(members), { strict: true });
    expect(read.map(({ header: { name, type, mode, linkname } }) => [name, type, mode, linkname || ""])).toEqual([
      ["a", "file", 0o644, ""],
      ["b/", "directory", 0o755, ""],
      ["b/link", "symlink", 0o777, "program"],
      ["b/program", "file", 0o755, ""],
      ["empty", "file", 0o644, ""],
      ["tmp/", "directory", 0o1777, ""],
    ]);
    expect(Buffer.from(read[0]?.data ?? []).toString()).toBe("x".repeat(513));
    expect(read.every(({ header }) => header.uid === 0 && header.gid === 0 && header.mtime?.getTime() === 0)).toBe(
      true,
    );
  });

  test("is what tar itself lists", () => {
    const listed = execFileSync("tar", ["-tvf", "-"], { input: tar(members), env: { ...process.env, TZ: "UTC" } });
    expect(listed.toString()).toContain("-rwxr-xr-x 0/0              10 1970-01-01 00:00 b/program\n");
    expect(listed.toString()).toContain("drwxrwxrwt 0/0               0 1970-01-01 00:00 tmp/\n");
  });

  test("is the same bytes for the same members in any order", () => {
    expect(Buffer.compare(tar(members), tar(members.toReversed()))).toBe(0);
    expect(tar([])).toHaveLength(1024);
  });

  test.each([
    ["a long name", () => file("x".repeat(101), "")],
    ["a long target", () => symlink("x", "y".repeat(101))],
    ["a device", () => charDevice("dev/null", 1, 3)],
    ["a way out", () => file("../x", "")],
  ])("refuses %s", (_, made) => {
    expect(() => tar([made()])).toThrow(RangeError);
  });
});
