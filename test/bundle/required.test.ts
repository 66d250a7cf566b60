import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/bundle/digest.ts";
import { canonical, readRequired } from "../../src/bundle/required.ts";
import { checksOf } from "../../src/judge/checks.ts";
import { CatalogError } from "../../src/model/failure.ts";
import { Scenario } from "../../src/model/scenario.ts";
import { folder } from "../images/folder.ts";
import { lists, root } from "./good.ts";

describe("what a release of Kata's requires", () => {
  it("is there for the release that is pinned", () => {
    const { version } = JSON.parse(readFileSync(join(root, "kata", "pins.json"), "utf8"));
    expect(lists.map(({ list }) => list.kata)).toContain(version);
  });

  it("is scenarios as the catalog has them, and checks that decide in them", () => {
    for (const { scenario, checks } of lists.flatMap(({ list }) => Object.values(list.scenarios).flat())) {
      const { $schema, title, ...own } = Scenario.parse(
        JSON.parse(readFileSync(join(root, "scenarios", `${scenario.id}.json`), "utf8")),
      );
      expect(own).toEqual(scenario);
      const gating = checksOf({ ...scenario, title }).filter(check => check.gating);
      expect(checks.filter(id => !gating.some(check => check.id === id))).toEqual([]);
      expect(new Set(checks).size).toBe(checks.length);
      expect(checks.some(id => id.startsWith("kata."))).toBe(true);
    }
  });

  it("is not read where it is not what is pinned", async () => {
    const path = await folder();
    mkdirSync(join(path, "kata"));
    const file = readFileSync(join(root, "kata", "required.json"), "utf8");
    writeFileSync(join(path, "kata", "required.json"), file.replace('"guest.vsock",', ""));
    await expect(readRequired(path)).rejects.toThrow(CatalogError);
  });

  it("has one digest, however it is written", () => {
    for (const { digest, list } of lists) expect(sha256(canonical(list))).toBe(digest);
    expect(canonical({ b: [{ d: 1, c: 2 }], a: "é" })).toBe('{"a":"é","b":[{"c":2,"d":1}]}');
  });
});
