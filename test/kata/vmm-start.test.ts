import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lane } from "../../src/kata/lane.ts";
import { readVmmStart, startedUnder, vmmsAtStart, vmmThatFellBack, watchingVmm } from "../../src/kata/vmm-start.ts";
import type { Command } from "../../src/model/command.ts";
import { printed } from "../../src/workloads/example.ts";

const here: { folder: string; running: ChildProcess[] } = { folder: "", running: [] };
beforeEach(async () => {
  here.folder = await mkdtemp(join(tmpdir(), "kata-verify-vmm-start-"));
});
afterEach(async () => {
  for (const child of here.running.splice(0)) child.kill("SIGKILL");
  await rm(here.folder, { recursive: true, force: true });
});

const id = `kv-kata-start-${process.pid}`;
const lane = () => ({ folder: here.folder, ids: { sandbox: id } }) as Lane;

const run = ({ argv: [file, ...rest] }: Pick<Command, "argv">) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>(resolve => {
    execFile(file, rest, { timeout: 10_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });

const client = (script: string) => run(watchingVmm(lane(), { argv: ["sh", "-c", script], timeoutMs: 1 }));
const kept = async () => (await run(readVmmStart(lane()).command)).stdout;

/** A program that waits, with that name of its only thread, and the sandbox's mark among its arguments; its pid. */
async function vmm(thread: string): Promise<string> {
  const program = join(here.folder, "qemu");
  await copyFile("/bin/sh", program);
  const script = 'printf %s "$0" >/proc/self/comm; echo up; read -r line';
  const argv = ["-c", script, thread, "-name", `sandbox-${id},debug-threads=on`];
  const child = spawn(program, argv, { stdio: ["pipe", "pipe", "ignore"] });
  here.running.push(child);
  await new Promise(resolve => child.stdout?.once("data", resolve));
  return String(child.pid);
}

describe("the look beside a client that starts a sandbox", () => {
  it("leaves the client as it is, and no process", async () => {
    expect(await client("echo said; echo complained >&2; exit 43")).toEqual({
      ...{ code: 43, stdout: "said\n", stderr: "complained\n" },
    });
    expect(await kept()).toBe("looked\n");
  });

  it("finds a VMM whose guest runs under TCG, also when it is gone in the end", async () => {
    const pid = await vmm("CPU 0/TCG");
    await client(`sleep 0.5; kill -KILL ${pid}`);
    expect(await kept()).toBe(`${pid} vm=no tcg=yes ${join(here.folder, "qemu")}\nlooked\n`);
  });

  it("accuses no VMM that has not come so far", async () => {
    const pid = await vmm("qemu-system-x86");
    await client("sleep 0.5");
    const seen = printed(await kept());
    expect(vmmsAtStart(seen)).toEqual([{ pid, vm: false, tcg: false, exe: join(here.folder, "qemu") }]);
    expect(vmmThatFellBack(seen)).toBeUndefined();
  });

  it("looks again until it is known, and keeps what it saw last", async () => {
    await writeFile(join(here.folder, "vmm-start"), "1 vm=no tcg=no /old\n");
    const client1 = client("sleep 2.5");
    await new Promise(resolve => setTimeout(resolve, 300));
    const pid = await vmm("CPU 0/TCG");
    await client1;
    expect(await kept()).toContain(`${pid} vm=no tcg=yes `);
  });
});

describe("a VMM that fell back", () => {
  it.each([
    ["431 vm=no tcg=yes /q\nlooked\n", "431", "tcg"],
    ["430 vm=no tcg=no /bin/dash\n431 vm=no tcg=yes /q\nlooked\n", "431", "tcg"],
    ["431 vm=yes tcg=no /q\nlooked\n", undefined, "kvm-nested"],
    ["431 vm=no tcg=no /q\nlooked\n", undefined, undefined],
    ["looked\n", undefined, undefined],
  ])("is one that runs its guest without KVM: %j", (stdout, pid, under) => {
    expect(vmmThatFellBack(printed(stdout))?.pid).toBe(pid);
    expect(startedUnder(printed(stdout), "kvm-nested")).toBe(under);
  });

  it("is none where nobody looked", () => {
    expect(vmmThatFellBack(undefined)).toBeUndefined();
  });
});
