import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { triedRunner } from "../../src/commands/runner.ts";
import { prepare } from "../../src/images/rootfs.ts";
import { Target } from "../../src/model/target.ts";
import { TestbedGone } from "../../src/model/testbed.ts";
import type { VmTestbed } from "../../src/observe/hands.ts";
import { offered } from "../../src/plan/testbed.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { openVmTestbed, type VmOptions } from "../../src/testbeds/vm/index.ts";
import { preflight } from "../../src/testbeds/vm/preflight.ts";
import { arch, testCache } from "./base-image.ts";
import { containersOf, docker, openEngine } from "./engine-socket.ts";
import { testbedContract } from "./testbed-contract.ts";
import { tools } from "./tools.ts";

const label = (run: string) => `${runLabel}=${run}`;
const runs: string[] = [];
const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
const catalogFile = join(import.meta.dirname, "..", "..", "images", "debian-13.json");

let engine: Engine;
let options: Omit<VmOptions, "run">;

beforeAll(async () => {
  engine = await openEngine();
  const made = await tools(engine);
  const tell = () => {};
  const target = Target.parse(JSON.parse(await readFile(catalogFile, "utf8")));
  const { standin } = made;
  const rootfs = await prepare(engine, target, arch, {
    ...{ run: "test-vm", cache: testCache, standin, candidates: [], emit: () => {}, tell },
  });
  const seen = await preflight({ engine, tools: made, cache: testCache.folder, run: "test-vm", user });
  const kernelRelease = await newestKernel(rootfs.imageId);
  options = {
    ...{
      engine,
      tools: made,
      rootfs,
      kernelRelease,
      arch,
      offered: offered("vm", arch, triedRunner(seen)),
      user,
      tell,
    },
    ...{ cache: testCache.folder, fresh: false, onConsoleLine: () => {} },
  };
}, 900_000);

async function newestKernel(image: string): Promise<string> {
  const common = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  await using container = await engine.start({ ...common, image, run: "test-vm" });
  return Buffer.from((await container.exec(["ls", "/usr/lib/modules"])).stdout)
    .toString()
    .trim();
}

/** Each machine under a run of its own, so that a test can find its container. */
async function openVm(): Promise<{ testbed: VmTestbed; container: () => Promise<string> }> {
  const run = `test-${randomBytes(4).toString("hex")}`;
  runs.push(run);
  const testbed = await openVmTestbed({ ...options, run });
  return { testbed, container: async () => (await containersOf(label(run)))[0]?.Id ?? "" };
}

afterAll(async () => {
  for (const run of [...runs, "test-vm", "test-tools"]) expect(await containersOf(label(run))).toEqual([]);
  const folders = await readdir(join(testCache.folder, "vms"));
  expect(folders.filter(name => name.startsWith(`kata-verify-${process.pid}-`))).toEqual([]);
});

testbedContract("vm", async () => {
  const { testbed, container } = await openVm();
  return { testbed, kill: async () => docker.getContainer(await container()).kill() };
});

const sh = (script: string) => ({ argv: ["sh", "-c", script] as const, timeoutMs: 60_000 });
const say = async (testbed: VmTestbed, script: string) =>
  Buffer.from((await testbed.run(sh(script))).stdout)
    .toString()
    .trim();

describe("a machine of the distro's own", () => {
  let one: Awaited<ReturnType<typeof openVm>>;

  beforeAll(async () => {
    one = await openVm();
  });
  afterAll(async () => {
    await one.testbed[Symbol.asyncDispose]();
  });

  test("runs the distro's kernel, says what ran it and how it came up", async () => {
    expect(await say(one.testbed, "uname -r")).toBe(options.kernelRelease);
    const { facts } = one.testbed;
    expect(facts.offered).toBe(options.offered);
    expect(facts.bootMs).toBeGreaterThan(500);
    expect(facts.snapshot).toMatchObject({ restored: true });
  });

  test("has what the distro's boot gives: KVM by the CPU, nodes that load their modules, cgroup v2, sysctl.d", async () => {
    expect(await say(one.testbed, "lsmod | grep -c ^kvm_; test -c /dev/kvm && echo yes")).toBe("1\nyes");
    expect(await say(one.testbed, "grep -c vhost_vsock /proc/modules; : </dev/vhost-vsock && : </dev/vhost-net")).toBe(
      "0",
    );
    expect(await say(one.testbed, "grep -cE '^vhost_(vsock|net) ' /proc/modules")).toBe("2");
    expect(await say(one.testbed, "stat -f -c %T /sys/fs/cgroup; cat /sys/fs/cgroup/cgroup.subtree_control")).toMatch(
      /^cgroup2fs\n.*\bmemory\b/,
    );
    const configured = "sed -n 's/^kernel.pid_max *= *//p' /usr/lib/sysctl.d/50-pid-max.conf";
    expect(await say(one.testbed, "cat /proc/sys/kernel/pid_max")).toBe(await say(one.testbed, configured));
    expect(await say(one.testbed, "cat /sys/kernel/security/lsm")).toContain("capability");
  });

  test("has every name of a file that has several: mke2fs makes empty files of them", async () => {
    expect(
      await say(one.testbed, "stat -c '%i %h' /usr/bin/perl /usr/bin/perl5.* | uniq -c | grep -o ' 2 .* 2$' | wc -l"),
    ).toBe("1");
    expect(await say(one.testbed, "cmp /usr/bin/perl /usr/bin/perl5.*; echo $?")).toBe("0");
  });

  test("has the time of the runner", async () => {
    const difference = Number(await say(one.testbed, "date +%s%3N")) - Date.now();
    expect(Math.abs(difference)).toBeLessThan(5_000);
  });

  test("two of one snapshot have random numbers of their own, and disks", async () => {
    const random = "od -An -tx1 -N32 /dev/urandom";
    const here = await say(one.testbed, `${random}; echo mine >/var/tmp/mine`);
    const other = await openVm();
    try {
      expect(await say(other.testbed, random)).not.toBe(here);
      expect(await say(other.testbed, "ls /var/tmp")).toBe("");
    } finally {
      await other.testbed[Symbol.asyncDispose]();
    }
  });
});

test("QEMU killed in the middle of a command: known within two seconds", async () => {
  const { testbed, container } = await openVm();
  const running = testbed.run({ argv: ["sleep", "1000"], timeoutMs: 2_000_000 }).catch((error: unknown) => error);
  await testbed.run({ argv: ["true"], timeoutMs: 60_000 });
  const kill =
    'cd /proc; for pid in [0-9]*; do read -r name <"$pid/comm"; case $name in qemu*) kill -9 "$pid" ;; esac; done';
  const made = await docker.getContainer(await container()).exec({ Cmd: ["sh", "-c", kill] });
  const before = Date.now();
  await made.start({ Detach: true });
  expect(await running).toMatchObject({ name: "TestbedGone", code: "infra.testbed-gone" });
  expect(Date.now() - before).toBeLessThan(2_000);
  await testbed[Symbol.asyncDispose]();
});

test("a panic of the testbed's kernel is named, with its line", async () => {
  const { testbed } = await openVm();
  const running = testbed.run(sh("echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 100"));
  await expect(running).rejects.toMatchObject({
    code: "infra.testbed-panic",
    message: expect.stringMatching(/sysrq/i),
  });
  expect(await testbed.console()).toContain("Kernel panic - not syncing");
  await testbed[Symbol.asyncDispose]();
});

test("what cannot be booted is no verdict about the distro", async () => {
  const opening = openVmTestbed({ ...options, run: "test-vm", kernelRelease: "0.0.0-none" });
  await expect(opening).rejects.toBeInstanceOf(TestbedGone);
  await expect(opening).rejects.toMatchObject({ code: "infra.testbed-no-boot" });
});

test("an interrupted run ends the machine", async () => {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const testbed = await openVmTestbed({ ...options, run: "test-vm", signal });
  const running = testbed.run({ argv: ["sleep", "1000"], timeoutMs: 2_000_000 });
  setTimeout(() => interrupt.abort(), 200);
  await expect(running).rejects.toMatchObject({ code: "infra.interrupted" });
  await testbed[Symbol.asyncDispose]();
});
