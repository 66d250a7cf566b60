import { expect, test } from "vitest";
import { keyOf } from "../../src/images/key.ts";

test("is the sha256 of canonical JSON", () => {
  // printf '{"a":[1,"x"],"b":null}' | sha256sum
  expect(keyOf({ b: null, a: [1, "x"] })).toBe("854ef06dc57f5dfed10206344ab2d02e0b6c84b0e19436703a5afd0f1f9f2687");
});

test("does not depend on the order of names, and does on everything else", () => {
  const one = keyOf({ a: 1, b: { c: [1, 2], d: "x" } });
  expect(keyOf({ b: { d: "x", c: [1, 2] }, a: 1, absent: undefined })).toBe(one);
  expect(keyOf({ a: 1, b: { c: [2, 1], d: "x" } })).not.toBe(one);
  expect(keyOf({ a: "1", b: { c: [1, 2], d: "x" } })).not.toBe(one);
});
