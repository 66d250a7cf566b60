import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { printed, reports } from "../../src/reporters/index.ts";

/** Answers to a person's question: not made from a verdict. */
const answers = ["certificate", "explain", "explain-refusal", "list", "plan"];

describe("the table of reporters", () => {
  it("has every file of the folder, and no other", () => {
    const files = readdirSync(new URL("../../src/reporters", import.meta.url))
      .filter(name => name.endsWith(".ts") && name !== "index.ts")
      .map(name => name.replace(/\.ts$/, ""));
    expect(files.sort()).toEqual([...Object.keys(reports), ...Object.keys(printed), ...answers].sort());
  });
});
