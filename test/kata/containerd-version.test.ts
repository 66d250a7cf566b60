import { expect, it } from "vitest";
import { readContainerdVersion } from "../../src/kata/containerd-version.ts";

it.each([
  ["containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6+deb13u1\n", "1.7.24~ds1"],
  ["containerd github.com/containerd/containerd v1.6.36 88c3d9bc5b5a193f40b7c14fa996d23532d6f956\n", "1.6.36"],
  ["containerd github.com/containerd/containerd/v2 2.2.3 5.fc44\n", "2.2.3"],
  ["containerd: command not found\n", undefined],
  ["", undefined],
])("reads %j", (said, version) => {
  expect(readContainerdVersion(said)).toBe(version);
});
