import { describe, expect, it } from "vitest";
import { yaml } from "./yaml.ts";

describe("the part of YAML that workflows are written in", () => {
  it("reads maps, lists, texts and blocks", () => {
    const text = [
      "# a comment",
      "name: one",
      "on:",
      "  push:",
      '    tags: ["v[0-9]+", two]',
      "  pull_request:",
      "steps:",
      "  - uses: a/b@c # v1.2.3",
      "    with:",
      "      deep: false",
      "      many: 15",
      "  - run: |",
      "      first # no comment",
      "        second",
      "",
      "      third",
      "  - plain",
      "if: >-",
      "  a &&",
      "  b",
      "quoted: 'it''s: so' # and a comment",
    ].join("\n");
    expect(yaml(text)).toEqual({
      name: "one",
      on: { push: { tags: ["v[0-9]+", "two"] }, pull_request: null },
      steps: [
        { uses: "a/b@c", with: { deep: false, many: 15 } },
        { run: "first # no comment\n  second\n\nthird\n" },
        "plain",
      ],
      if: "a && b",
      quoted: "it's: so",
    });
  });

  it.each([
    ["an anchor", "a: &x 1"],
    ["an alias", "a: *x"],
    ["a tag", "a: !!str 1"],
    ["a map in braces", "a: { b: 1 }"],
    ["a key that comes twice", "a: 1\na: 2"],
    ["a tab", "a:\n\tb: 1"],
    ["a word that is true for some", "a: yes"],
    ["a line that belongs nowhere", "a:\n    b: 1\n  c: 2"],
    ["text that goes on in the next line", "a: one\n  two"],
    ["a merge", "a:\n  <<: b"],
  ])("refuses %s", (_, text) => {
    expect(() => yaml(text)).toThrow(/^line \d/);
  });
});
