import { describe, expect, it } from "vitest";
import { compareVersions, isUpdate, series } from "../../src/matrix/series.ts";

describe("the series of a package", () => {
  it.each([
    ["1:10.0.13+ds-0+deb13u1", "10.0"],
    ["1:7.2+dfsg-7+deb12u18+b3", "7.2"],
    ["6.12.117-1", "6.12"],
    ["7.3.4-1~bpo13+1", "7.3"],
    ["2:9.2.4-1.fc44", "9.2"],
    ["5.14.0-427.el9", "5.14"],
    ["1:9.1.0+really8.2.3+ds-1", "8.2"],
    ["20240501", "20240501"],
    ["unknown", "unknown"],
    ["", ""],
  ])("of %j is %j", (version, expected) => {
    expect(series(version)).toBe(expected);
  });

  it.each([
    ["1:10.0.13+ds-0+deb13u1", "1:10.0.13+ds-0+deb13u2", true],
    ["1:10.0.13-1", "1:10.0.14-1", true],
    ["6.12.9-1", "6.12.117-1", true],
    ["6.12.117-1", "6.12.9-1", false],
    ["6.12.117-1", "6.13.1-1", false],
    ["10.0.1-1", "100.0.1-1", false],
    ["7.2-1", "7.20-1", false],
    ["10.0.13-1", "10.0.13+really9.2.0-1", false],
    ["10.0.13-1", "10.0.14+really10.0.12-1", false],
    ["10.0.14+really10.0.12-1", "10.0.13-1", true],
    ["20240501", "20240502", false],
  ])("from %j to %j: an update %j", (version, later, expected) => {
    expect(isUpdate(version, later)).toBe(expected);
  });

  it("orders by numbers", () => {
    expect(["10.0.2", "9.2", "10.0.13", "7.2.22"].sort(compareVersions)).toEqual([
      "7.2.22",
      "9.2",
      "10.0.2",
      "10.0.13",
    ]);
    expect(compareVersions("x", "x")).toBe(0);
  });
});
