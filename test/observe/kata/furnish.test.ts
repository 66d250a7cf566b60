import { describe, expect, test } from "vitest";
import { furniture } from "../../../src/kata/lane.ts";
import { type FurnishingParts, furnishing } from "../../../src/observe/kata/furnish.ts";
import type { KataFile, KataTree } from "../../../src/observe/kata/tree.ts";
import { scriptedTestbed } from "./testbed.ts";

const file = (path: string, contents: string, mode = 0o644): KataFile => ({
  ...{ path, mode, size: contents.length },
  read: async () => Buffer.from(contents),
});

const shim = "/opt/kata/bin/containerd-shim-kata-v2";
const config = "/opt/kata/share/defaults/kata-containers/configuration.toml";
const base = "/opt/kata/share/kata-containers/kata-containers-initrd.img";

const tree: KataTree = {
  binaries: {
    ...{ source: "path", runtime: "go", version: "4.0.0", digest: "aa", vouched: "nobody" },
    ...{ shim, config, guestInitrd: base },
  },
  files: [file(shim, "shim", 0o755), file(config, "config"), file(base, "base")],
  links: [{ path: "/etc/kata-containers/configuration.toml", target: config }],
};

const parts: FurnishingParts = {
  arch: "amd64",
  tree,
  standin: "/run/kata-verify/standin",
  busybox: Buffer.from("busybox"),
  containerd: "/usr/bin/containerd",
  ctr: "/usr/bin/ctr",
};
const initrd = { key: "k", file: file("/var/lib/kata-verify/guest.initrd", "base and ours") };

const added = {
  ...{ key: "a", env: { PATH: "/opt/kata-verify/bin:/usr/bin" } },
  files: [file("/opt/kata-verify/bin/runc", "runc", 0o755)],
};

describe("furnishing", () => {
  test("puts Kata's files and links, starts the log and containerd, and gives it the image", async () => {
    const testbed = scriptedTestbed({ merged: { stdout: "snapshotter overlayfs\n" } });
    await furnishing(parts).furnish(testbed);
    expect(testbed.written.map(({ path, mode }) => [path, mode])).toEqual([
      [furniture.busybox, 0o755],
      [shim, 0o755],
      [config, 0o644],
      [base, 0o644],
      ["/run/kata-verify/containerd/config.toml", undefined],
    ]);
    expect(testbed.written.at(-1)?.contents).toContain('snapshotter = "overlayfs"');
    const [setUp, log, start, image, ...rest] = testbed.ran;
    expect(setUp?.argv.slice(-2)).toEqual(["/etc/kata-containers/configuration.toml", config]);
    expect(log?.argv).toEqual(expect.arrayContaining(["/dev/log", "/run/systemd/journal/socket", furniture.systemLog]));
    expect(start?.argv).toEqual(expect.arrayContaining(["/usr/bin/containerd", furniture.containerdLog]));
    expect(image?.argv).toEqual(expect.arrayContaining(["/usr/bin/ctr", "import", "overlayfs"]));
    expect(image?.stdin?.length).toBeGreaterThan(1000);
    expect(rest).toEqual([]);
  });

  test("leaves out what the guest has from elsewhere: a distro's kernel takes the initrd that was made for it", async () => {
    const testbed = scriptedTestbed({});
    await furnishing({ ...parts, initrd }).furnish(testbed);
    expect(testbed.written.map(({ path }) => path)).not.toContain(base);
    expect(testbed.written.find(({ path }) => path === initrd.file.path)?.contents).toBe("base and ours");
  });

  test("copies where overlayfs cannot be mounted", async () => {
    const testbed = scriptedTestbed({ merged: { stdout: "snapshotter native\n" } });
    await furnishing(parts).furnish(testbed);
    expect(testbed.written.at(-1)?.contents).toContain('snapshotter = "native"');
    expect(testbed.ran.at(-1)?.argv).toContain("native");
  });

  test.each([
    { kind: "exited", code: 1 },
    { kind: "timedOut", afterMs: 10_000 },
  ] as const)("asks nothing of a containerd that did not come up, and goes on: $kind", async ending => {
    const testbed = scriptedTestbed({ "/usr/bin/containerd": { ending } });
    expect(await furnishing(parts).furnish(testbed)).toBe(false);
    expect(testbed.ran).toHaveLength(3);
  });

  test("puts what the distro has not beside it, where containerd finds it first", async () => {
    const testbed = scriptedTestbed({});
    await furnishing({ ...parts, added }).furnish(testbed);
    expect(testbed.written).toContainEqual({ path: "/opt/kata-verify/bin/runc", contents: "runc", mode: 0o755 });
    const starts = testbed.ran.map(({ argv, env }) => [argv.includes("/usr/bin/containerd"), env]);
    expect(starts.filter(([isStart]) => isStart)).toEqual([[true, added.env]]);
    expect(starts.filter(([, env]) => env !== undefined)).toHaveLength(1);
  });

  test("is whole where containerd has the image, and only there", async () => {
    expect(await furnishing(parts).furnish(scriptedTestbed({}))).toBe(true);
    const refused = scriptedTestbed({ import: { ending: { kind: "exited", code: 1 } } });
    expect(await furnishing(parts).furnish(refused)).toBe(false);
  });

  test("is tidied for a container alone: a machine's own mounts and cgroups are left as they are", async () => {
    const [container, vm] = [scriptedTestbed({}, "container"), scriptedTestbed({}, "vm")];
    for (const testbed of [container, vm]) await furnishing(parts).furnish(testbed);
    expect(container.ran[0]?.argv.join()).toContain("make-rshared");
    expect(vm.ran[0]?.argv.join()).not.toMatch(/make-rshared|cgroup/);
  });
});

describe("the key of a furnishing", () => {
  const { key } = furnishing(parts);

  test("is the same for the same parts", () => {
    expect(furnishing({ ...parts }).key).toBe(key);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[string, Partial<FurnishingParts>]>([
    ["Kata's files", { tree: { ...tree, binaries: { ...tree.binaries, digest: "bb" } } }],
    ["a link", { tree: { ...tree, links: [] } }],
    ["a mode", { tree: { ...tree, files: tree.files.map(one => ({ ...one, mode: 0o600 })) } }],
    ["the initrd", { initrd }],
    ["another initrd", { initrd: { ...initrd, key: "l" } }],
    ["busybox", { busybox: Buffer.from("another") }],
    ["containerd", { containerd: "/usr/local/bin/containerd" }],
    ["its client", { ctr: "/usr/local/bin/ctr" }],
    ["what is added", { added }],
    ["another addition", { added: { ...added, key: "b" } }],
    ["the architecture", { arch: "arm64" }],
  ])("is another for %s", (_, changes) => {
    const other = furnishing({ ...parts, ...changes }).key;
    expect(other).not.toBe(key);
    if (changes.added?.key === "b") expect(other).not.toBe(furnishing({ ...parts, added }).key);
    if (changes.initrd?.key === "l") expect(other).not.toBe(furnishing({ ...parts, initrd }).key);
  });
});
