import { describe, expect, it } from "vitest";
import { JsonError, locatedJson } from "../../src/plan/json.ts";

describe("locatedJson", () => {
  const text = '{\n  "id": "a",\n  "list": [1, {"deep": null}]\n}\n';

  it.each([
    [[], "1:1"],
    [["id"], "2:9"],
    [["list", 1], "3:15"],
    [["list", 1, "deep"], "3:24"],
    [["list", 1, "missing"], "3:15"],
    [["missing", "below"], "1:1"],
  ] as const)("finds %j at %s", (path, place) => {
    expect(locatedJson(text).at(path)).toBe(place);
  });

  it.each([
    ["", "1:1: expected a value, found the end of the file"],
    ['{"a": 1,}', '1:9: expected a key in double quotes, found "}"'],
    ['{"a": 1\n "b": 2}', '2:2: expected a comma or } after a value, found "\\""'],
    ["{'a': 1}", '1:2: expected a key in double quotes, found "\'"'],
    ['{"a" 1}', '1:6: expected a colon after the key, found "1"'],
    ["[1, 2", "1:6: expected a comma or ] after a value, found the end of the file"],
    ['["a\tb"]', '1:2: expected a value, found "\\""'],
    ["[01]", '1:3: expected a comma or ] after a value, found "1"'],
    ["{} // comment", '1:4: expected the end of the file, found "/"'],
    ["\uFEFF{}", '1:1: expected a value, found "\uFEFF"'],
    ['{"a": 1, "b": {}, "a": 2}', '1:19: the key "a" is there twice'],
    [`${"[".repeat(100)}${"]".repeat(100)}`, '1:66: expected fewer levels, found "["'],
  ])("says where %j is broken", (broken, message) => {
    expect(() => locatedJson(broken)).toThrow(new JsonError(message));
  });

  it("accepts what JSON.parse accepts and nothing else", () => {
    const letters = [
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      '"',
      "a",
      "\\",
      "u00e9",
      "-",
      "0",
      "1",
      ".",
      "e",
      "true",
      "null",
      " ",
      "\n",
    ];
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % below;
    };
    const accepted = (parse: (text: string) => unknown, one: string) => {
      try {
        parse(one);
        return true;
      } catch {
        return false;
      }
    };
    const texts = Array.from({ length: 20_000 }, () =>
      Array.from({ length: 1 + next(6) }, () => letters[next(letters.length)]).join(""),
    );
    const json = texts.filter(one => accepted(JSON.parse, one));
    expect(texts.filter(one => accepted(locatedJson, one))).toEqual(json);
    expect(json.length).toBeGreaterThan(500);
  });
});
