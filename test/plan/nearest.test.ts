import { describe, expect, it } from "vitest";
import { distance, nearest } from "../../src/plan/nearest.ts";

describe("distance", () => {
  it.each([
    ["debian-13", "debian-13", 0],
    ["", "abc", 3],
    ["debain-13", "debian-13", 1],
    ["debian13", "debian-13", 1],
    ["fedora-33", "fedora-44", 2],
    ["kitten", "sitting", 3],
  ])("%s → %s is %i", (from, to, letters) => {
    expect(distance(from, to)).toBe(letters);
    expect(distance(to, from)).toBe(letters);
  });
});

describe("nearest", () => {
  const names = ["debian-12", "debian-13", "debian-sid", "fedora-44", "ubuntu-24.04"];

  it("puts the name that was meant first", () => {
    expect(nearest("debain-13", names)[0]).toBe("debian-13");
    expect(nearest("Ubuntu-2404", names)[0]).toBe("ubuntu-24.04");
  });

  it("keeps the order of equally near names, and names no more than asked for", () => {
    expect(nearest("debian-1", names, 2)).toEqual(["debian-12", "debian-13"]);
  });

  it("has nothing to offer where there is nothing", () => {
    expect(nearest("debian-13", [])).toEqual([]);
  });
});
