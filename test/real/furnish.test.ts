import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { triedRunner } from "../../src/commands/runner.ts";
import { prepare, type Rootfs } from "../../src/images/rootfs.ts";
import type { Tools } from "../../src/images/tools.ts";
import { runtimeCapabilities } from "../../src/kata/capabilities.ts";
import { askContainerd, readAnswer, type Snapshotter } from "../../src/kata/containerd.ts";
import { furniture } from "../../src/kata/lane.ts";
import { Target } from "../../src/model/target.ts";
import type { Testbed } from "../../src/model/testbed.ts";
import type { Furnishing } from "../../src/observe/hands.ts";
import { type FurnishingParts, furnishing } from "../../src/observe/kata/furnish.ts";
import type { KataTree } from "../../src/observe/kata/tree.ts";
import { seen } from "../../src/observe/seen.ts";
import { standinPath } from "../../src/observe/standin-path.ts";
import { offered } from "../../src/plan/testbed.ts";
import { openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { openVmTestbed, type VmOptions } from "../../src/testbeds/vm/index.ts";
import { preflight } from "../../src/testbeds/vm/preflight.ts";
import { arch, testCache } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { tools } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const catalogFile = join(import.meta.dirname, "..", "..", "images", "debian-13.json");
const ctr = "/usr/bin/ctr";
const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

let engine: Engine;
let made: Tools;
let rootfs: Rootfs;

beforeAll(async () => {
  engine = await openEngine();
  made = await tools(engine);
  const file = JSON.parse(await readFile(catalogFile, "utf8"));
  file.packages.harness.push("containerd", "runc");
  const common = { run, cache: testCache, standin: made.standin, candidates: [], emit: () => {}, tell: () => {} };
  rootfs = await prepare(engine, Target.parse(file), arch, common);
}, 900_000);

afterAll(async () => {
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

/** A release of Kata's in which the shim is this. */
const tree = (shim = ""): KataTree => ({
  binaries: {
    ...{ source: "path", runtime: "go", version: "4.0.0", digest: shim, vouched: "nobody" },
    ...{ shim: "/opt/kata/bin/shim", config: "/opt/kata/share/configuration.toml" },
  },
  files: [{ path: "/opt/kata/bin/shim", mode: 0o755, size: shim.length, read: async () => Buffer.from(shim) }],
  links: [{ path: "/etc/kata-containers/configuration.toml", target: "/opt/kata/share/configuration.toml" }],
});

const furnished = (changes: Partial<FurnishingParts> = {}): Furnishing =>
  furnishing({
    ...{ arch, tree: tree(), standin: standinPath, busybox: made.busybox },
    ...{ containerd: "/usr/bin/containerd", ctr, ...changes },
  });

async function say(testbed: Testbed, script: string): Promise<string> {
  const argv = ["sh", "-c", script, "sh", ctr, furniture.address, furniture.namespace, furniture.image] as const;
  const { stdout, stderr } = await testbed.run({ argv, timeoutMs: 60_000 });
  return Buffer.concat([stdout, stderr]).toString().trim();
}

const answer = async (testbed: Testbed) => readAnswer(seen(await testbed.run(askContainerd(ctr).command)));

/** A container under runc, from the harness's image, with limits, on a testbed that was furnished. */
async function expectContainers(testbed: Testbed, snapshotter: Snapshotter): Promise<void> {
  expect(await answer(testbed)).toEqual({ snapshotter, version: expect.stringMatching(/^\d+\.\d+/) });
  const runs = `"$1" -a "$2" -n "$3" run --rm --snapshotter ${snapshotter} --memory-limit 67108864 "$4" one sh -c 'cat /image; exit 7'; echo "code $?"`;
  expect(await say(testbed, runs)).toMatch(/^.+\ncode 7$/);
  const logged = `logger -t somebody here; until grep -q somebody ${furniture.systemLog}; do sleep 0.1; done; grep -v somebody ${furniture.systemLog}`;
  expect(await say(testbed, logged)).toBe("");
}

describe("in a container", () => {
  const open = () =>
    openContainerTestbed(engine, {
      ...{ image: rootfs.imageId, run, standin: made.standin, mounts: [], network: "none", devices: [] },
      ...{ capabilities: runtimeCapabilities, confinement: "containers" },
    });

  test("containers run under the distro's containerd and runc; Kata's files are where Kata looks", async () => {
    await using testbed = await open();
    await furnished({ tree: tree("#!/bin/sh\necho shim\n") }).furnish(testbed);
    await expectContainers(testbed, "overlayfs");
    expect(await say(testbed, "/opt/kata/bin/shim; readlink /etc/kata-containers/configuration.toml")).toBe(
      "shim\n/opt/kata/share/configuration.toml",
    );
  });

  test("a containerd that hangs, one that ends at once and one that is not there hold nothing up, and are seen", async () => {
    await using testbed = await open();
    await furnished({ containerd: "/no/such/containerd" }).furnish(testbed);
    await furnished({ containerd: "/bin/false" }).furnish(testbed);
    const before = Date.now();
    const hanging = tree("#!/bin/sh\necho hanging\nexec sleep 1000\n");
    await furnished({ tree: hanging, containerd: "/opt/kata/bin/shim" }).furnish(testbed);
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(await answer(testbed)).toBeUndefined();
    expect(await say(testbed, `cat ${furniture.containerdLog}`)).toBe("hanging");
  });
});

test("a VM is furnished once, and restored as it was then: containerd answers, containers run", async () => {
  await using container = await openContainerTestbed(engine, {
    ...{
      image: rootfs.imageId,
      run,
      standin: made.standin,
      mounts: [],
      network: "none",
      devices: [],
      capabilities: [],
    },
  });
  const common = { engine, tools: made, run, user, cache: testCache.folder } as const;
  const times = { count: 0 };
  const counted = (one: Furnishing): Furnishing => ({
    key: one.key,
    furnish: testbed => {
      times.count += 1;
      return one.furnish(testbed);
    },
  });
  const options: VmOptions = {
    ...{ ...common, rootfs, arch, kernelRelease: await say(container, "ls /usr/lib/modules"), fresh: false },
    ...{ offered: offered("vm", arch, triedRunner(await preflight(common))), tell: () => {}, onConsoleLine: () => {} },
  };
  for (const digest of [randomBytes(4).toString("hex"), randomBytes(4).toString("hex")]) {
    const one = counted(furnished({ tree: tree(digest) }));
    for (const _ of [1, 2]) {
      await using vm = await openVmTestbed({ ...options, furnishing: one });
      expect(vm.facts.snapshot).toMatchObject({ restored: true });
      expect(await say(vm, "cat /opt/kata/bin/shim")).toBe(digest);
      if (times.count === 1) await expectContainers(vm, "overlayfs");
    }
  }
  expect(times.count).toBe(2);
}, 600_000);
