import { expect, test } from "vitest";
import { openKeeper, shareOf, usualShare } from "../../src/testbeds/output.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

function kept(share: Parameters<typeof openKeeper>[0], ...chunks: string[]) {
  const keeper = openKeeper(share);
  for (const chunk of chunks) keeper.push(Buffer.from(chunk));
  return { said: text(keeper.bytes()), leftOut: keeper.leftOut() };
}

test.each([
  [["abcdefg"], "abcdefg", 0],
  [["ab", "cdef", "g"], "abcdefg", 0],
  [["abcdefgh"], "abcd\n[… 1 bytes left out …]\nfgh", 1],
  [["abc", "def", "ghi", "jkl", "mno", "pqr"], "abcd\n[… 11 bytes left out …]\npqr", 11],
  [[..."abcdefghijklmnopqr"], "abcd\n[… 11 bytes left out …]\npqr", 11],
])("of %j four bytes from the beginning and three from the end", (chunks, said, leftOut) => {
  expect(kept({ head: 4, tail: 3 }, ...chunks)).toEqual({ said, leftOut });
});

test("all of it, where nobody says otherwise", () => {
  expect(kept(undefined, "abc", "def")).toEqual({ said: "abcdef", leftOut: 0 });
});

test("a gigabyte takes no more memory than its share", () => {
  const keeper = openKeeper(usualShare);
  const before = process.memoryUsage().arrayBuffers;
  for (let mebibytes = 0; mebibytes < 1024; mebibytes += 1) keeper.push(Buffer.alloc(2 ** 20));
  global.gc?.();
  expect(keeper.leftOut()).toBe(2 ** 30 - usualShare.head - usualShare.tail);
  expect(keeper.bytes().length).toBeLessThan(usualShare.head + usualShare.tail + 64);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
});

test("what is needed whole has its own limit", () => {
  expect(shareOf(7)).toEqual({ head: 7, tail: usualShare.tail });
  expect(shareOf(undefined)).toBe(usualShare);
});
