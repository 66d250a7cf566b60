import { expect, it } from "vitest";
import { differences } from "../../src/results/differences.ts";

it.each<[unknown, unknown, string]>([
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, ""],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }, 4] }, "a.1.b, a.2"],
  [{ a: null }, { a: {} }, "a"],
  [{ a: [] }, { a: {} }, "a"],
  [{ a: 1 }, { b: 1 }, "a, b"],
  [{}, Object.fromEntries("abcdefgh".split("").map(key => [key, 1])), "a, b, c, d, e and 3 more"],
])("%j and %j: %s", (here, there, said) => {
  expect(differences(here, there)).toBe(said);
});
