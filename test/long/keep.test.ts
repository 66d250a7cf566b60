import { existsSync } from "node:fs";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { docker } from "../real/engine-socket.ts";
import { type Verified, verify } from "../real/pipeline.ts";

/** What the end of a run tells people, if anything. */
function told({ stdout }: Verified) {
  const found = /: its testbed was left up\n {2}enter it: {2}(?<enter>.*)\n {2}remove it: (?<remove>.*)$/m.exec(stdout);
  const { enter, remove } = found?.groups ?? {};
  return enter === undefined || remove === undefined ? undefined : { enter, remove };
}

/** The container of a command line that enters one. */
const named = (line: string) =>
  docker.getContainer(/ (?<name>kata-verify-kept-\S+)/.exec(line)?.groups?.["name"] ?? "");

/** Types lines at a terminal into what a command line starts, until that answers. */
async function type(line: string, lines: string, wanted: RegExp): Promise<void> {
  const terminal = execa("script", ["-qec", line, "/dev/null"], { reject: false });
  try {
    let said = "";
    terminal.stdout.on("data", chunk => {
      said += chunk;
    });
    terminal.stdin.write(lines);
    await expect.poll(() => said, { timeout: 60_000, interval: 100 }).toMatch(wanted);
  } finally {
    terminal.kill();
    await terminal;
  }
}

/** Removes it as people are told to, whatever becomes of the test. */
function removal(remove: string): () => Promise<number | undefined> {
  const run = async () => (await execa("sh", ["-c", remove], { reject: false })).exitCode;
  onTestFinished(async () => {
    await run();
  });
  return run;
}

test("a container of a cell that failed: entered, left by a later run that passes and keeps nothing, removed", async () => {
  const failed = await verify("keep-failed", ["debian-12-backports", "--tier", "contract", "--keep", "failed"]);
  expect(failed.cell.outcome).toBe("fail");
  const kept = told(failed);
  if (kept === undefined) throw new Error(`nothing was left up\n${failed.stdout}`);
  const remove = removal(kept.remove);
  const { Config } = await named(kept.enter).inspect();
  await type(kept.enter, ". /etc/os-release; echo at $VERSION_CODENAME $((6 * 7))\n", /at bookworm 42/);

  const passed = await verify("keep-passed", ["debian-13", "--tier", "contract", "--keep", "failed"]);
  expect(passed.cell.outcome).toBe("pass");
  expect(told(passed)).toBeUndefined();
  expect((await named(kept.enter).inspect()).State.Running).toBe(true);

  expect(await remove()).toBe(0);
  const label = [`${runLabel}=${Config.Labels[runLabel]}`];
  expect(await docker.listContainers({ all: true, filters: { label } })).toEqual([]);
});

test("a VM: entered on its console, left by a sweep, removed with its folder", async () => {
  const run = ["debian-13", "--tier", "guest", "--testbed", "vm", "--keep", "always"];
  const kept = told(await verify("keep-vm", run));
  if (kept === undefined) throw new Error("nothing was left up");
  const remove = removal(kept.remove);
  const folder = /rm -rf (?<folder>\S+)$/.exec(kept.remove)?.groups?.["folder"] ?? "";
  await verify("keep-sweep", ["debian-13", "--tier", "contract"]);
  expect(existsSync(folder)).toBe(true);
  await type(kept.enter, "\nls -d /sys/module/kvm_*; echo on $(uname -r) $((6 * 7))\n", /kvm_[\s\S]*on 6\.12\S* 42/);

  expect(await remove()).toBe(0);
  await expect(named(kept.enter).inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect(existsSync(folder)).toBe(false);
}, 900_000);
