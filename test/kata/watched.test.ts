import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logPlaces } from "../../src/kata/logs.ts";
import { deadly, endedEarly, endedEarlySays, watched, watchedToItsEnd } from "../../src/kata/watched.ts";

const place = { folder: "" };
const past = "level=info msg=before\nlevel=warning QEMU exited with an error\n";
beforeEach(async () => {
  place.folder = await mkdtemp(join(tmpdir(), "kata-verify-watched-"));
  await writeFile(log("system.log"), past);
  await writeFile(logPlaces(place), `${log("system.log")} ${past.length}\n${log("containerd.log")} 0\n`);
});
afterEach(() => rm(place.folder, { recursive: true, force: true }));

/** Nothing of a process that has ended meanwhile. */
function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const log = (name: string) => join(place.folder, name);

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** With this folder's logs, and looks twenty times as often. `grace` in seconds. */
function run(client: string, grace = "0.1", watch = watched): Promise<Ended> {
  const command = watch(place, { argv: ["sh", "-c", client], timeoutMs: 10_000 });
  const [file, ...rest] = command.argv;
  expect(rest.slice(6, 8)).toEqual(["2", "10"]);
  rest.splice(6, 2, "0.1", grace);
  const startedAt = performance.now();
  return new Promise(resolve => {
    execFile(file ?? "", rest, { timeout: command.timeoutMs }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr, ms: performance.now() - startedAt });
    });
  });
}

const dead = 'level=warning msg="QEMU exited with an error" error="exit status 1" subsystem=qemu';

describe("a client that is watched", () => {
  it("ends as it does by itself, with its own words, and is waited for no longer", async () => {
    expect(await run("read -r line; echo said; echo complained >&2; exit 43")).toMatchObject({
      code: 43,
      stdout: "said\n",
      stderr: "complained\n",
    });
    expect((await run("exit 0")).ms).toBeLessThan(1500);
  });

  it.each(["system.log", "containerd.log"])("is ended when %s says that its VMM is dead", async name => {
    const client = run("echo began; exec sleep 30");
    await appendFile(log("system.log"), "level=info msg=one\n");
    setTimeout(() => void appendFile(log(name), `level=info\n${dead}\nlevel=info\n`), 300);
    const { code, stdout, stderr, ms } = await client;
    expect({ code, stdout, stderr }).toEqual({
      code: endedEarly,
      stdout: "began\n",
      stderr: `${endedEarlySays} ${dead}\n`,
    });
    expect(ms).toBeLessThan(5000);
  });

  it("has the time to answer by itself after the line", async () => {
    const client = run(`echo '${dead}' >>'${log("system.log")}'; sleep 0.5; echo refused >&2; exit 1`, "60");
    expect(await client).toMatchObject({ code: 1, stderr: "refused\n" });
  });

  it("is ended by what was said before it, but not before the lane began", async () => {
    expect(await run("sleep 0.5; exit 7")).toMatchObject({ code: 7 });
    await appendFile(log("system.log"), `${dead}\n`);
    expect(await run("exec sleep 30")).toMatchObject({ code: endedEarly });
  });

  it("leaves no process, whoever ends first", async () => {
    await run(": leaves-none; exit 0");
    await appendFile(log("system.log"), `${dead}\n`);
    await run(": leaves-none; exec sleep 30");
    const pids = readdirSync("/proc").filter(name => /^\d+$/.test(name));
    const left = pids.filter(pid => pid !== String(process.pid) && argumentsOf(pid).includes(place.folder));
    expect(left).toEqual([]);
  });
});

describe("a client that runs a sandbox to its end", () => {
  it("is not ended by the end of its own sandbox, nor by what was before it", async () => {
    await appendFile(log("system.log"), `${dead}\n`);
    const ends = "level=info Stop logging QEMU\\nlevel=info virtiofsd quits";
    const client = `printf '${ends}\\n' >>'${log("system.log")}'; sleep 0.5; exit 7`;
    expect(await run(client, "0.1", watchedToItsEnd)).toMatchObject({ code: 7 });
  });

  it("is ended by a failure of its own", async () => {
    const client = `echo '${dead}' >>'${log("containerd.log")}'; exec sleep 30`;
    expect(await run(client, "0.1", watchedToItsEnd)).toMatchObject({ code: endedEarly });
  });
});

describe("what is deadly", () => {
  it.each([
    'time="…" level=warning msg="QEMU exited with an error" error="exit status 1" name=containerd-shim-v2',
    'time="…" level=info msg="Stop logging QEMU" name=containerd-shim-v2 pid=410 qemuPid=412',
    'time="…" level=info msg="virtiofsd quits" name=containerd-shim-v2',
    "kata: finished reading qemu stderr",
    "kata: wait virtiofsd Ok(ExitStatus(unix_wait_status(256)))",
    'kata: vm console: "[    7.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00"',
  ])("is in %j", line => {
    expect(line).toMatch(new RegExp(deadly));
  });

  it.each([
    'level=info msg="Start logging QEMU (qemuPid=412)"',
    "kata: starting reading qemu stderr",
    "kata: start virtiofsd successfully",
    'level=info msg="Starting VM"',
    'vmconsole="[    0.000000] Command line: panic=1"',
  ])("is not in %j", line => {
    expect(line).not.toMatch(new RegExp(deadly));
  });
});
