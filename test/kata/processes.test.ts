import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lane } from "../../src/kata/lane.ts";
import { lookAtVirtiofsd, lookAtVmm, readProcesses, sandboxRanUnder } from "../../src/kata/processes.ts";
import type { Step } from "../../src/model/command.ts";
import { printed } from "../../src/workloads/example.ts";

const id = `kv-kata-test-${process.pid}`;
const lane = { ids: { sandbox: id, second: `${id}-second`, limited: `${id}-limited` } } as Lane;

const here: { folder: string; running: ChildProcess[] } = { folder: "", running: [] };
beforeEach(() => {
  here.folder = mkdtempSync(join(tmpdir(), "kata-verify-processes-"));
});
afterEach(() => {
  for (const child of here.running.splice(0)) child.kill("SIGKILL");
  rmSync(here.folder, { recursive: true, force: true });
});

/** A program that waits, under another name and with these arguments; its pid. */
async function start(name: string, ...argv: readonly string[]): Promise<string> {
  const program = join(here.folder, name);
  copyFileSync("/bin/sh", program);
  const child = spawn(program, ["-c", "echo up; read -r line", ...argv], { stdio: ["pipe", "pipe", "ignore"] });
  here.running.push(child);
  await new Promise(resolve => child.stdout?.once("data", resolve));
  return String(child.pid);
}

function run({ command }: Step): string {
  const [file = "", ...rest] = command.argv;
  return execFileSync(file, rest, { encoding: "utf8", input: command.stdin });
}

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("the look at a sandbox's VMM", () => {
  it("finds it by the guest's name, and knows the file that is under test", async () => {
    const pid = await start("qemu", "-name", `sandbox-${id},debug-threads=on`);
    await start("other", "-name", `sandbox-${id.slice(0, -1)}x`);
    const program = join(here.folder, "qemu");
    expect(run(lookAtVmm(lane, program))).toBe(`${pid} kvm=no vm=no same ${program}\nlooked\n`);
    const digest = sha256(program);
    expect(run(lookAtVmm(lane, "/usr/bin/env"))).toBe(`${pid} kvm=no vm=no ${digest} ${program}\nlooked\n`);
    expect(run(lookAtVmm(lane, "/nowhere"))).toContain(digest);
  });

  it("does not find itself", () => {
    expect(run(lookAtVmm(lane, "/usr/bin/env"))).toBe("looked\n");
    expect(run(lookAtVirtiofsd(lane, "/usr/bin/env"))).toBe("looked\n");
  });
});

describe("the look at its virtiofsd", () => {
  it.each([
    ["--shared-dir", `/run/kata-containers/shared/sandboxes/${id}/ro`],
    ["--syslog", `--shared-dir=/run/kata-containers/shared/sandboxes/${id}/shared`],
  ])("finds it by the folder that it shares: %s %s", async (...argv) => {
    const pid = await start("virtiofsd", ...argv);
    expect(run(lookAtVirtiofsd(lane, join(here.folder, "virtiofsd")))).toContain(`${pid} kvm=no vm=no same `);
    expect(run(lookAtVmm(lane, "/usr/bin/env"))).toBe("looked\n");
  });
});

describe("what a look printed", () => {
  it("is a process a line", () => {
    const seen = printed(
      "431 kvm=yes vm=yes same /usr/bin/qemu-system-x86_64\n432 kvm=no vm=no 5eed /opt/a b (deleted)\n433 kvm=no vm=no  /gone\nlooked\n",
    );
    expect(readProcesses(seen)).toEqual([
      { pid: "431", kvm: true, vm: true, same: true, sha256: "", exe: "/usr/bin/qemu-system-x86_64" },
      { pid: "432", kvm: false, vm: false, same: false, sha256: "5eed", exe: "/opt/a b (deleted)" },
      { pid: "433", kvm: false, vm: false, same: false, sha256: "", exe: "/gone" },
    ]);
  });

  it("is nothing where nobody looked to the end", () => {
    expect(readProcesses(undefined)).toBeUndefined();
    expect(readProcesses(printed("431 kvm=yes vm=yes same /q\n"))).toBeUndefined();
    expect(readProcesses(printed("looked\n"))).toEqual([]);
  });
});

describe("what ran a sandbox's guest", () => {
  const ranUnder = (said: string) => sandboxRanUnder(printed(said), "kvm-nested");

  it("is what the testbed can give where a virtual machine of KVM's is held, else emulation", () => {
    expect(ranUnder("431 kvm=yes vm=yes same /q\nlooked\n")).toBe("kvm-nested");
    expect(ranUnder("431 kvm=yes vm=no same /q\nlooked\n")).toBe("tcg");
  });

  it("is not known where no VMM was seen", () => {
    expect(ranUnder("looked\n")).toBeUndefined();
    expect(ranUnder("431 kvm=yes vm=yes same /q\n")).toBeUndefined();
  });
});
