import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { sweepScratch } from "../../src/images/scratch.ts";
import { sweepCgroups } from "../../src/testbeds/local/cgroup.ts";
import { type LocalOptions, openLocalTestbed } from "../../src/testbeds/local/index.ts";
import { testbedContract } from "../real/testbed-contract.ts";

/** The programs and the scratch folder that the test outside has put there. */
const given = process.env["KATA_VERIFY_INSIDE"] ?? "";
const options = async (): Promise<LocalOptions> => ({
  cache: join(given, "cache"),
  tools: { standin: await readFile(join(given, "standin")), busybox: await readFile(join(given, "busybox")) },
  network: "none",
});

const sh = (script: string) => ({ argv: ["sh", "-c", script], timeoutMs: 60_000 }) as const;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** The first process of a testbed, as this machine counts: it reads its input and does nothing else. */
async function keepers(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name)).map(Number);
  const inner = await Promise.all(pids.map(async pid => readFile(`/proc/${pid}/status`, "latin1").catch(() => "")));
  return pids.filter((_, at) => /^NSpid:\t\d+\t1$/m.test(inner[at] ?? ""));
}

/** Programs of the one to be killed, by their arguments. */
async function sleepers(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")));
  return lines.filter(line => /^sleep 471[34] $/.test(line.replaceAll("\0", " ")));
}

testbedContract("local", async () => {
  const before = await keepers();
  const testbed = await openLocalTestbed(await options());
  const [pid] = (await keepers()).filter(one => !before.includes(one));
  return { testbed, kill: async () => void process.kill(pid ?? 0, "SIGKILL") };
});

test("what is written is seen in the testbed and nowhere else", async () => {
  await using testbed = await openLocalTestbed(await options());
  const paths = ["/etc/kata-verify-test", "/opt/kata/own", "/var/lib/kata-verify-test/a", "/run/own", "/dev/own"];
  for (const path of paths) await testbed.write(path, path);
  for (const path of paths) {
    expect(text(await testbed.fetch(path))).toBe(path);
    await expect(readFile(path)).rejects.toThrow("ENOENT");
  }
  await testbed.run(sh("rm -rf /usr/share/doc /etc/os-release"));
  expect(await readFile("/usr/lib/os-release", "utf8")).toContain("ID=debian");
  expect(await readFile("/etc/os-release", "utf8")).toContain("ID=debian");
});

test("it has this machine's kernel and devices, and none of its sockets, processes and networks", async () => {
  await using testbed = await openLocalTestbed(await options());
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
  expect(text((await testbed.run(sh("cat /proc/sys/kernel/random/boot_id"))).stdout)).toBe(bootId);
  expect((await testbed.run(sh("exec 3<>/dev/net/tun"))).ending).toEqual({ kind: "exited", code: 0 });
  expect(text((await testbed.run(sh("ls /run"))).stdout).split("\n")).toEqual(["kata-verify", "lock", ""]);
  expect(text((await testbed.run(sh("ls /sys/../proc/1/comm && cat /proc/1/comm"))).stdout)).toContain("cat\n");
  expect(text((await testbed.run(sh("tail -n +3 /proc/net/dev"))).stdout).trim()).toMatch(/^lo:[^\n]*$/);
});

test("a daemon that has ended is collected", async () => {
  await using testbed = await openLocalTestbed(await options());
  const spawn = ["/run/kata-verify/standin", "spawn", "/tmp/pid", "/tmp/log", "--", "true"] as const;
  expect((await testbed.run({ argv: spawn, timeoutMs: 60_000 })).ending).toEqual({ kind: "exited", code: 0 });
  const script = "until [ -e /tmp/pid.ended ]; do sleep 0.05; done; sleep 0.2; cat /proc/[0-9]*/status";
  expect(text((await testbed.run(sh(script))).stdout)).not.toMatch(/^State:\tZ/m);
});

test("killed with its harness: all processes and mounts at once, its folder by the next sweep", async () => {
  const outfile = join(given, "hold-local.mjs");
  const entryPoints = [join(import.meta.dirname, "hold-local.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const mounts = await readFile("/proc/mounts", "utf8");
  const child = spawn(process.execPath, [outfile, given], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  await expect.poll(sleepers).toHaveLength(2);
  expect(await sweepScratch(join(given, "cache"))).toBe(0);
  child.kill("SIGKILL");
  await expect.poll(async () => [...(await sleepers()), ...(await keepers())], { timeout: 10_000 }).toEqual([]);
  expect(await readFile("/proc/mounts", "utf8")).toBe(mounts);
  expect(await sweepScratch(join(given, "cache"))).toBe(1);
  await sweepCgroups();
  expect((await readdir("/sys/fs/cgroup")).filter(name => name.startsWith("kata-verify-"))).toEqual([]);
});

afterAll(async () => {
  expect(await keepers()).toEqual([]);
  expect(await readdir(join(given, "cache"))).toEqual([]);
});
