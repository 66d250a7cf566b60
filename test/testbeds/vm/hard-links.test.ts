import { Readable } from "node:stream";
import { packTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import { hardLinks, linkScript } from "../../../src/testbeds/vm/hard-links.ts";

const long = `usr/share/${"deep/".repeat(30)}name`;

const tar = () =>
  packTar([
    { header: { name: "usr/bin/perl", size: 4, type: "file" }, body: "perl" },
    { header: { name: "usr/bin/perl5.40", size: 0, type: "link", linkname: "usr/bin/perl" } },
    { header: { name: "usr/bin/sh", size: 0, type: "symlink", linkname: "perl" } },
    { header: { name: `./${long}`, size: 0, type: "link", linkname: "./usr/bin/perl" } },
  ]);

describe("the second names of files in a tar", () => {
  test("are found, long ones too, and symbolic links are none", async () => {
    expect(await hardLinks(Readable.from([Buffer.from(await tar())]))).toEqual([
      { path: "usr/bin/perl5.40", target: "usr/bin/perl" },
      { path: long, target: "usr/bin/perl" },
    ]);
  });

  test("are not told of a tar that was cut off", async () => {
    const whole = Buffer.from(await tar());
    await expect(hardLinks(Readable.from([whole.subarray(0, 700)]))).rejects.toThrow();
  });
});

describe("what debugfs is told", () => {
  test("takes the empty files away, and counts all names of each file", () => {
    const links = [
      { path: "b", target: "a" },
      { path: "c d", target: "a" },
    ];
    expect(linkScript(links)).toBe('rm "/b"\nln "/a" "/b"\nrm "/c d"\nln "/a" "/c d"\nsif "/a" links_count 3\n');
    expect(linkScript([])).toBe("");
  });

  test("never has a line that a name made", () => {
    expect(() => linkScript([{ path: 'x"\nrm "/etc', target: "a" }])).toThrow("debugfs cannot be given");
  });
});
