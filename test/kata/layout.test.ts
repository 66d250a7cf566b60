import { describe, expect, it } from "vitest";
import {
  followed,
  guestInitrd,
  guestParts,
  isKata1,
  isStoodFor,
  type Listing,
  layouts,
  runtimeParts,
  runtimesOf,
} from "../../src/kata/layout.ts";

const guests = "share/kata-containers";
const defaults = "share/defaults/kata-containers";

/** Members of a release of Kata 4 as its packaging scripts lay it out. */
const release: Listing = new Map<string, string | null>([
  ["VERSION", null],
  ["versions.yaml", null],
  ["bin/containerd-shim-kata-v2", null],
  ["bin/kata-runtime", null],
  ["bin/kata-monitor", null],
  ["bin/qemu-system-x86_64", null],
  ["bin/qemu-system-x86_64-snp-experimental", null],
  ["bin/cloud-hypervisor", null],
  ["bin/firecracker", null],
  ["bin/jailer", null],
  ["libexec/virtiofsd", null],
  ["libexec/nydusd", null],
  ["runtime-rs/bin/containerd-shim-kata-v2", null],
  [`${defaults}/configuration-qemu.toml`, null],
  [`${defaults}/configuration-clh.toml`, null],
  [`${defaults}/configuration.toml`, "configuration-qemu.toml"],
  [`${defaults}/runtime-rs/configuration-qemu-runtime-rs.toml`, null],
  [`${defaults}/runtime-rs/configuration.toml`, "configuration-dragonball.toml"],
  [`${guests}/kata-containers-initrd.img`, "kata-ubuntu-resolute.initrd"],
  [`${guests}/kata-ubuntu-resolute.initrd`, null],
  [`${guests}/kata-containers.img`, "/opt/kata/share/kata-containers/kata-ubuntu-resolute.image"],
  [`${guests}/kata-ubuntu-resolute.image`, null],
  [`${guests}/vmlinux.container`, "vmlinux-6.18.35-202"],
  [`${guests}/vmlinux-6.18.35-202`, null],
  ["share/kata-qemu/qemu/bios-256k.bin", null],
]);

const without = (...paths: readonly string[]): Listing =>
  new Map([...release].filter(([path]) => !paths.includes(path)));

const theirs = (
  kernel = "vmlinux.container",
  guest = 'image = "/opt/kata/share/kata-containers/kata-containers.img"',
) =>
  `[hypervisor.qemu]\npath = "/opt/kata/bin/qemu-system-x86_64"\nkernel = "/opt/kata/${guests}/${kernel}"\n${guest}\n`;

describe("the runtime of a release", () => {
  it.each([
    [
      "rust",
      {
        shim: "runtime-rs/bin/containerd-shim-kata-v2",
        config: `${defaults}/runtime-rs/configuration-qemu-runtime-rs.toml`,
      },
    ],
    [
      "go",
      { shim: "bin/containerd-shim-kata-v2", config: `${defaults}/configuration-qemu.toml`, tool: "bin/kata-runtime" },
    ],
  ] as const)("in %s is its shim, its configuration for QEMU and the tool that prints it", (runtime, paths) => {
    const parts = Object.entries(paths).map(([name, path]) => [name, { path, members: [path] }]);
    expect(runtimeParts(release, runtime)).toEqual(Object.fromEntries(parts));
  });

  it("is one of those whose shim is there", () => {
    expect(runtimesOf(release)).toEqual(["rust", "go"]);
    expect(runtimesOf(without(layouts.rust.shim))).toEqual(["go"]);
    expect(runtimesOf(new Map())).toEqual([]);
  });

  it("is not there by halves: what it lacks is named", () => {
    expect(runtimeParts(without(layouts.go.shim), "go")).toEqual({ lacks: [layouts.go.shim] });
    expect(runtimeParts(without(`${defaults}/configuration-qemu.toml`), "go")).toEqual({
      lacks: [`${defaults}/configuration-qemu.toml`],
    });
    expect(runtimeParts(new Map(), "rust")).toEqual({ lacks: [layouts.rust.shim, layouts.rust.configs[0]] });
  });
});

describe("the guest of a release", () => {
  it("is Kata's initrd under a kernel of the distro's, whatever its configuration names", () => {
    expect(guestParts(release, "distro", theirs())).toEqual({
      initrd: { path: guestInitrd, members: [guestInitrd, `${guests}/kata-ubuntu-resolute.initrd`] },
    });
    expect(guestParts(without(guestInitrd), "distro", theirs())).toEqual({ lacks: [guestInitrd] });
  });

  it("is what Kata's configuration names under Kata's own kernel, links and what they lead to", () => {
    expect(guestParts(release, "kata", theirs())).toEqual({
      kernel: {
        path: `${guests}/vmlinux.container`,
        members: [`${guests}/vmlinux.container`, `${guests}/vmlinux-6.18.35-202`],
      },
      image: {
        path: `${guests}/kata-containers.img`,
        members: [`${guests}/kata-containers.img`, `${guests}/kata-ubuntu-resolute.image`],
      },
    });
    const initrd = `image = ""\ninitrd = "/opt/kata/${guestInitrd}"`;
    expect(guestParts(release, "kata", theirs(undefined, initrd))).toHaveProperty("initrd.path", guestInitrd);
  });

  it.each([
    ["a kernel that is not there", theirs("vmlinuz.other"), `${guests}/vmlinuz.other`],
    ["an image outside the release", theirs(undefined, 'image = "/usr/share/kata.img"'), "/usr/share/kata.img"],
    ["nothing", theirs(undefined, ""), "image"],
  ])("is not had where the configuration names %s", (_, configuration, lacked) => {
    expect(guestParts(release, "kata", configuration)).toEqual({ lacks: [lacked] });
  });
});

describe("a link of a release", () => {
  const links: Listing = new Map<string, string | null>([
    ["a", "b"],
    ["b", "a"],
    ["out", "../../etc/passwd"],
    ["absolute", "/etc/passwd"],
    ["dangling", "nothing"],
    ["sub/up", "../file"],
    ["file", null],
  ]);

  it.each(["a", "out", "absolute", "dangling", "missing"])("that leads to no file of it is none: %s", path => {
    expect(followed(links, path)).toBeUndefined();
  });

  it("is followed from its own folder", () => {
    expect(followed(links, "sub/up")).toEqual(["sub/up", "file"]);
  });
});

describe("what a distro's parts stand for", () => {
  it("is none of what is taken", () => {
    const parts = [
      ...(["rust", "go"] as const).map(runtime => runtimeParts(release, runtime)),
      ...(["distro", "kata"] as const).map(kernel => guestParts(release, kernel, theirs())),
    ];
    const taken = parts.flatMap(found => Object.values(found)).flatMap(({ members }) => members);
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.filter(isStoodFor)).toEqual([]);
    expect([...release.keys()].filter(isStoodFor)).toEqual([
      ...["bin/qemu-system-x86_64", "bin/qemu-system-x86_64-snp-experimental", "bin/cloud-hypervisor"],
      ...["bin/firecracker", "bin/jailer", "libexec/virtiofsd", "libexec/nydusd", "share/kata-qemu/qemu/bios-256k.bin"],
    ]);
  });

  it("is not taken as anything else either", () => {
    const disguised = new Map([...release, [layouts.go.shim, "qemu-system-x86_64"]]);
    expect(runtimeParts(disguised, "go")).toEqual({ lacks: [layouts.go.shim] });
  });
});

describe("Kata 1", () => {
  it.each(["libexec/kata-containers/kata-proxy", "libexec/kata-containers/kata-shim", "bin/kata-netmon"])(
    "is known by %s",
    path => {
      expect(isKata1(new Map([...release, [path, null]]))).toBe(true);
    },
  );

  it("is not what has the other parts only", () => {
    expect(isKata1(release)).toBe(false);
  });
});
