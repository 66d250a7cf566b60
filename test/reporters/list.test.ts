import { describe, expect, it } from "vitest";
import { codes } from "../../src/model/reason.ts";
import { listJson, listText, reasonCodes, scenarios, targets, workloads } from "../../src/reporters/list.ts";
import { scenario, target } from "../judge/evidence.ts";

describe("lists", () => {
  it("of targets and scenarios stand in columns, sorted by id", () => {
    const fedora = { ...target, id: "alpha-1", title: "Alpha", endOfLife: "2027-06-02", maintainers: ["@a", "@b"] };
    expect(listText(targets([target, fedora]))).toBe(
      [
        "ID         TITLE      ARCHES  PACKAGES  END OF LIFE  MAINTAINERS",
        "alpha-1    Alpha      amd64   apt       2027-06-02   @a @b",
        "debian-13  Debian 13  amd64   apt",
        "",
      ].join("\n"),
    );
    expect(listText(scenarios([scenario]))).toContain("qemu-distro-kernel  QEMU and the distro's kernel  qemu  distro");
  });

  it("of codes have every code", () => {
    const text = listText(reasonCodes());
    for (const code of Object.keys(codes)) expect(text).toContain(`\n${code} `);
  });

  it("are the same as JSON, values not made text", () => {
    expect(JSON.parse(listJson(targets([target])))).toMatchObject([{ id: "debian-13", arches: ["amd64"] }]);
    const check = { tier: "kata", gating: false } as const;
    expect(JSON.parse(listJson(workloads([{ id: "again", title: "x", check }])))).toEqual([
      { tier: "kata", id: "again", decides: false, title: "x" },
    ]);
  });

  it("of nothing are empty", () => {
    expect(listText([])).toBe("\n");
    expect(listJson([])).toBe("[]\n");
  });
});
