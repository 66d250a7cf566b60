import { describe, expect, it } from "vitest";
import { readEnding, readLeft, unroll } from "../../../src/observe/guest/collect.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (contents: Uint8Array) => new TextDecoder().decode(contents);
const printed = (...files: string[]) => bytes(files.map(file => `${bytes(file).length}\n${file}`).join(""));

describe("what a boot left", () => {
  it("is read file by file, whatever is in them", () => {
    const left = readLeft(
      printed(
        "warning\n4\n",
        "exited 0\n",
        "",
        "signalled SIGSEGV\n",
        "                   7",
        "\0\n12\nü",
        "",
        "kv-1 a b=c\n",
      ),
    );
    expect(left.vmm.ending).toEqual({ kind: "exited", code: 0 });
    expect(left.virtiofsd.ending).toEqual({ kind: "signalled", signal: "SIGSEGV" });
    expect([text(left.vmm.stderr), text(left.console), text(left.marks)]).toEqual([
      "warning\n4\n",
      "\0\n12\nü",
      "kv-1 a b=c\n",
    ]);
  });

  it("is nothing where nothing came, or only a part", () => {
    expect(readLeft(bytes("")).vmm.ending).toBeUndefined();
    expect(text(readLeft(bytes("9\nwar")).vmm.stderr)).toBe("war");
    expect(readEnding("")).toBeUndefined();
  });
});

describe("a console's ring", () => {
  /** The stand-in's recorder, small. */
  function recorded(said: string, size: number) {
    const head = said.slice(0, size);
    const ring = said.slice(size, 2 * size).split("");
    for (let at = 2 * size; at < said.length; at++) ring[(at - size) % size] = said[at] ?? "";
    return text(unroll(bytes(head), bytes(ring.join("")), said.length));
  }

  it.each(["", "abc", "abcd", "abcdefg", "abcdefgh"])("is all of %j", said => {
    expect(recorded(said, 4)).toBe(said);
  });

  it.each([
    ["abcdefghi", "abcd\n[… 1 bytes left out …]\nfghi"],
    ["abcdefghijkl", "abcd\n[… 4 bytes left out …]\nijkl"],
    ["abcdefghijklmno", "abcd\n[… 7 bytes left out …]\nlmno"],
  ])("is the beginning and the end of %j", (said, kept) => {
    expect(recorded(said, 4)).toBe(kept);
  });
});
