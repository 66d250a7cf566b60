import { describe, expect, it } from "vitest";
import { Verdict } from "../../src/model/verdict.ts";
import { verdictJson, verdictsJson } from "../../src/reporters/verdict-json.ts";
import { dice, hostileText, hostileVerdict } from "./hostile.ts";
import { everything, verdict } from "./verdicts.ts";

/** The same value, its keys in a random order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map(one => shuffled(one, random));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => ({ key, one: shuffled(one, random), at: random() }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ key, one }) => [key, one]));
}

describe("verdict.json", () => {
  it("reads in the order of the schema", async () => {
    await expect(verdictJson(everything)).toMatchFileSnapshot("golden/everything.verdict.json");
  });

  it("is one document, of however many", () => {
    expect(verdictsJson([everything])).toBe(verdictJson(everything));
    expect(JSON.parse(verdictsJson([everything, everything]))).toHaveLength(2);
    expect(JSON.parse(verdictsJson([]))).toEqual([]);
  });

  it("is the same bytes for equal verdicts", () => {
    const random = dice(3);
    for (let round = 0; round < 50; round += 1)
      expect(verdictJson(shuffled(everything, random) as Verdict)).toBe(verdictJson(everything));
  });

  it("keeps what it does not know, after what it knows", () => {
    const text = verdictJson({ ...verdict(), zeta: { b: 1, a: [2] }, alpha: null } as Verdict);
    expect(Object.keys(JSON.parse(text)).slice(-3)).toEqual(["cells", "alpha", "zeta"]);
    expect(text).toContain('"zeta": {\n    "a": [\n      2\n    ],\n    "b": 1\n  }');
  });

  it("is read back as it was, whatever a console printed", () => {
    const random = dice(4);
    for (let round = 0; round < 50; round += 1) {
      const of = hostileVerdict(
        () => hostileText(random),
        () => 0.5,
      );
      const text = verdictJson(of);
      expect(Verdict.parse(JSON.parse(text))).toEqual(of);
      expect(text).not.toMatch(/\p{Surrogate}/u);
      expect(text.endsWith("}\n")).toBe(true);
    }
  });
});
