import { expect, it } from "vitest";
import type { Package } from "../../src/model/evidence.ts";
import type { Target } from "../../src/model/target.ts";
import { type DistrosOwn, distroKata } from "../../src/observe/kata/distro.ts";
import { printed } from "../../src/workloads/example.ts";
import { target } from "../judge/evidence.ts";

const fedora: Target = { ...target, title: "Fedora 44", packages: { ...target.packages, kata: ["kata-containers"] } };
const repository = { name: "fedora", own: true };
const owner = { name: "kata-containers", version: "1:3.21.0-1.1.fc44", arch: "x86_64", repository };
const paths = {
  kataShim: "/usr/bin/containerd-shim-kata-v2",
  kataConfig: "/usr/share/kata-containers/defaults/configuration.toml",
  kataTool: "/usr/bin/kata-runtime",
};
const says = (language: string, version: string) =>
  printed(
    `Kata Containers containerd shim (${language}): id: "io.containerd.kata.v2", version: ${version}, commit: c\n`,
  );
const own: DistrosOwn = {
  ...{ paths, owner, target: fedora, runtime: undefined },
  ...{ said: says("Golang", "3.21.0"), config: "/usr/share/kata-containers/defaults/configuration-qemu.toml" },
};

it("is where its package put it, and nothing of it is brought", () => {
  expect(distroKata(own)).toEqual({
    binaries: {
      ...{ source: "distro", runtime: "go", version: "3.21.0", digest: "kata-containers 1:3.21.0-1.1.fc44 x86_64" },
      vouched: "the repository of kata-containers 1:3.21.0-1.1.fc44: fedora",
      ...{ shim: paths.kataShim, config: own.config },
    },
    files: [],
    links: [],
    tool: "/usr/bin/kata-runtime",
  });
});

it("is of the version that its shim says, or of its package's where that says nothing", () => {
  expect(distroKata({ ...own, said: says("Golang", "3.22.1") }).binaries.version).toBe("3.22.1");
  expect(distroKata({ ...own, said: printed("") }).binaries).toMatchObject({ version: "3.21.0", runtime: "go" });
});

it("is vouched for by nobody where it is a package file of the user's, on a distro that has none", () => {
  const file: Package = { ...owner, repository: null, candidate: true };
  expect(distroKata({ ...own, owner: file, target }).binaries.vouched).toBe("nobody: it is a package file");
});

const named = "kata-containers 1:3.21.0-1.1.fc44";
const noShim = { paths: { kataConfig: paths.kataConfig }, said: undefined };

it.each<[string, Partial<DistrosOwn>, string]>([
  ["no package", { ...noShim, owner: undefined }, "Fedora 44 has no package of Kata any more: kata-containers"],
  [
    "package files of something else",
    { ...noShim, owner: undefined, target },
    "No package file that was given has a shim of Kata's at a known path, and Debian 13 has none",
  ],
  ["no shim", noShim, `${named} brought no shim of Kata's to a known path`],
  ["a shim of nobody's", { owner: undefined }, "/usr/bin/containerd-shim-kata-v2 belongs to no package"],
  ["no configuration", { config: undefined }, `${named} brought no configuration of Kata's to a known path`],
  ["another runtime than was asked for", { runtime: "rust" }, `${named} has no Kata runtime in Rust`],
  ["the one in Rust", { said: says("Rust", "4.0.0") }, `${named} has Kata's runtime in Rust, of which`],
])("cannot be had: %s", (_, other, message) => {
  expect(() => distroKata({ ...own, ...other })).toThrow(message);
});
