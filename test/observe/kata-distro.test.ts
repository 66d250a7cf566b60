import { expect, it } from "vitest";
import type { Target } from "../../src/model/target.ts";
import { distroKata } from "../../src/observe/kata/distro.ts";
import { target } from "../judge/evidence.ts";

const fedora: Target = { ...target, title: "Fedora 44", packages: { ...target.packages, kata: ["kata-containers"] } };
const repository = { name: "fedora", own: true };
const owner = { name: "kata-containers", version: "1:3.21.0-1.1.fc44", arch: "x86_64", repository };
const paths = {
  kataShim: "/usr/bin/containerd-shim-kata-v2",
  kataConfig: "/usr/share/kata-containers/defaults/configuration.toml",
  kataTool: "/usr/bin/kata-runtime",
};

it("is where its package put it, and nothing of it is brought", () => {
  expect(distroKata(paths, [owner], fedora)).toEqual({
    binaries: {
      ...{ source: "distro", runtime: "go", version: "3.21.0", digest: "kata-containers 1:3.21.0-1.1.fc44 x86_64" },
      vouched: "the repository of kata-containers 1:3.21.0-1.1.fc44: fedora",
      ...{ shim: paths.kataShim, config: paths.kataConfig },
    },
    files: [],
    links: [],
    tool: "/usr/bin/kata-runtime",
  });
});

it.each([
  [paths, [], "Fedora 44 has no package of Kata any more: kata-containers"],
  [
    { kataConfig: paths.kataConfig },
    [owner],
    "kata-containers 1:3.21.0-1.1.fc44 brought no shim of Kata's to a known path",
  ],
  [
    { kataShim: paths.kataShim },
    [owner],
    "kata-containers 1:3.21.0-1.1.fc44 brought no configuration of Kata's to a known path",
  ],
])("cannot be had where it is not: %j", (found, packages, message) => {
  expect(() => distroKata(found, packages, fedora)).toThrow(message);
});
