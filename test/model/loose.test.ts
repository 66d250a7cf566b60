import { describe, expect, it } from "vitest";
import * as z from "zod";
import { loose } from "../../src/model/loose.ts";

const Strict = z
  .strictObject({
    id: z.string().regex(/^[a-z]+$/),
    inner: z.strictObject({ a: z.number().default(1) }).optional(),
    rows: z.array(z.union([z.strictObject({ left: z.string() }), z.strictObject({ right: z.string() })])).min(1),
    by: z.partialRecord(z.enum(["x", "y"]), z.strictObject({ n: z.number() })).default({}),
  })
  .describe("strict");

describe("the loose form of a strict schema", () => {
  const later = {
    id: "one",
    inner: { a: 2, added: true },
    rows: [{ left: "l", added: 1 }, { right: "r" }],
    by: { x: { n: 1, added: 1 }, z: { n: 2 } },
    added: [],
  };

  it("keeps keys that it does not know, at every depth", () => {
    expect(Strict.safeParse(later).success).toBe(false);
    expect(loose(Strict).parse(later)).toEqual(later);
  });

  it("gives what is left out its default", () => {
    expect(loose(Strict).parse({ id: "one", inner: {}, rows: [{ left: "l" }] })).toEqual({
      id: "one",
      inner: { a: 1 },
      rows: [{ left: "l" }],
      by: {},
    });
  });

  it.each([
    ["a string that does not fit", { id: "../ONE" }],
    ["too few rows", { rows: [] }],
    ["a row of neither kind", { rows: [{ middle: "m" }] }],
    ["another type in a record", { by: { z: 1 } }],
    ["what has no default left out", { rows: undefined }],
  ])("still refuses %s", (_, wrong) => {
    expect(loose(Strict).safeParse({ ...later, ...wrong }).success).toBe(false);
  });

  it("leaves the strict one as it was, and keeps its description", () => {
    expect(loose(Strict).description).toBe("strict");
    expect(Strict.safeParse({ id: "one", rows: [{ left: "l" }] }).success).toBe(true);
    expect(Strict.safeParse({ id: "one", rows: [{ left: "l" }], added: 1 }).success).toBe(false);
  });
});
