import { describe, expect, it } from "vitest";
import { isExpected, readShimVersion, usualRuntime } from "../../src/kata/shim-version.ts";

describe("a shim's version", () => {
  it.each([
    [
      'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 4.0.0, commit: cf82bb35c8\n',
      { runtime: "go", version: "4.0.0" },
    ],
    [
      "Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: cf82bb35c8\n",
      { runtime: "rust", version: "4.0.0" },
    ],
    [
      'kata containerd shim: id: "io.containerd.kata.v2", version: 1.11.5, commit: 3fc5e06c2e\n',
      { runtime: "go", version: "1.11.5" },
    ],
    [
      'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 3.2.0-rc1, commit: \n',
      { runtime: "go", version: "3.2.0-rc1" },
    ],
    ["containerd-shim-runc-v2:\n  Version:  1.7.24~ds1\n", undefined],
    ["", undefined],
  ])("is read from %j", (said, version) => {
    expect(readShimVersion(said)).toEqual(version);
  });

  it("is one that honours drop-ins, and says which runtime is the usual one", () => {
    expect(["1.11.5", "2.5.2", "3.0.0", "4.1.0", "10.0.0", "unknown"].filter(isExpected)).toEqual([
      "3.0.0",
      "4.1.0",
      "10.0.0",
    ]);
    expect(["3.32.0", "4.0.0", "11.0"].map(usualRuntime)).toEqual(["go", "rust", "rust"]);
  });
});
