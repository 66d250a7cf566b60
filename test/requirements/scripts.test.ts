import { execFile } from "node:child_process";
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Step } from "../../src/model/command.ts";
import { identify } from "../../src/observe/guest/start.ts";
import { hostSteps } from "../../src/requirements/steps/host.ts";
import { virtiofsdStarts } from "../../src/requirements/steps/virtiofsd.ts";
import { vmms } from "../../src/vmms/index.ts";
import { exampleBoot } from "../workloads/boot.ts";

/** The scripts that run on testbeds, here with programs that stand in for the distro's. */
const run = promisify(execFile);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kata-verify-scripts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function ran(argv: readonly string[]): Promise<{ code: number; stdout: string }> {
  const [file = "", ...rest] = argv;
  return run(file, rest, { timeout: 10_000 }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
}

const scriptOf = (step: Step | undefined): string => step?.command.argv[2] ?? "exit 99";

describe("looking at device nodes", () => {
  const script = scriptOf(hostSteps.find(({ id }) => id === "host.devices"));

  it("makes no file where there is none", async () => {
    const missing = join(folder, "vhost-vsock");
    const { stdout } = await ran(["sh", "-c", script, "sh", missing, "kata_verify_nothing"]);
    expect(stdout).toMatch(/ node=no opens=no module=kata_verify_nothing probed=[1-9]\d* node=no opens=no\n$/);
    await expect(access(missing)).rejects.toThrow("ENOENT");
  });

  it("does not take a file for a node, and asks for no module where a node opens", async () => {
    const file = await program("no-node", "");
    const { stdout } = await ran(["sh", "-c", script, "sh", file, "kata_verify_nothing", "/dev/null", "none"]);
    expect(stdout).toContain(`${file} node=no opens=no`);
    expect(stdout).toContain("/dev/null node=yes opens=yes module=none probed=- node=yes opens=yes");
  });
});

describe("starting virtiofsd", () => {
  const start = async (daemon: string) => {
    const ready = virtiofsdStarts(await program("virtiofsd", daemon), "rust").find(
      ({ id }) => id === "virtiofsd.ready",
    );
    const argv = (ready?.command.argv ?? []).map(one =>
      one.replaceAll("/tmp/kata-verify-virtiofsd-ready", join(folder, "vfs")),
    );
    return ran(argv);
  };

  it("ends a daemon that waits", async () => {
    const { code, stdout } = await start('echo "INFO Waiting for vhost-user socket connection..." >&2; exec sleep 60');
    expect({ code, stdout }).toEqual({ code: 137, stdout: "INFO Waiting for vhost-user socket connection...\n" });
  });

  it("repeats what a daemon says that ends by itself, and its exit code", async () => {
    expect(await start('echo "error: no such option" >&2; exit 2')).toEqual({
      code: 2,
      stdout: "error: no such option\n",
    });
    expect(await start("exit 0")).toEqual({ code: 0, stdout: "" });
  });

  it("gives it a folder to share, and something for a descriptor", async () => {
    const { stdout } = await start(
      'for one; do case $one in */shared) test -d "$one" && echo folder >&2; esac; done; test -e /dev/fd/3 && echo fd >&2',
    );
    expect(stdout).toBe("folder\nfd\n");
  });
});

describe("looking for ROMs", () => {
  const roms = (binary: string) =>
    vmms.qemu.contractSteps({ binary }, "amd64").find(({ id }) => id === "qemu.roms")?.command.argv ?? [];

  it("looks where the VMM does", async () => {
    await writeFile(join(folder, "pvh.bin"), "");
    const binary = await program("qemu", `echo /nowhere; echo "${folder}"`);
    expect(await ran(roms(binary))).toEqual({ code: 0, stdout: `pvh.bin ${folder}/pvh.bin\n` });
  });

  it("fails with a VMM that fails, instead of finding none", async () => {
    expect((await ran(roms(await program("false", "exit 1")))).code).toBe(1);
  });
});

describe("looking at the program that runs the guest", () => {
  const look = async (pid: string, vmm: string) => {
    const guest = join(folder, "guest");
    await writeFile(`${guest}.pid`, pid);
    const { argv } = identify({ ...exampleBoot, folder: guest }, vmm).command;
    return ran(argv);
  };

  it("tells the file under test from any other", async () => {
    const own = process.execPath;
    expect((await look(`${process.pid}\n`, own)).stdout).toBe(`exe ${own}\nsame ${own}\n`);
    expect((await look(`${process.pid}\n`, "/bin/sh")).stdout).toMatch(/^exe \S+\nsha256 [0-9a-f]{64}\n$/);
  });

  it("says nothing of one that has ended: it is not another program", async () => {
    expect((await look("4194305\n", "/bin/sh")).stdout).toBe("");
  });
});
