import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clear } from "../../src/kata/clear.ts";
import { furniture } from "../../src/kata/lane.ts";
import { exampleLane } from "../workloads/containers/lane.ts";

let folder: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-clear-"));
});
afterAll(async () => {
  for (const one of started) one.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** A script that waits for ever, started with these arguments. */
async function living(name: string, words: readonly string[], cwd = folder): Promise<ChildProcess> {
  const script = join(folder, name);
  await writeFile(script, "echo up\nread -r line\n");
  const child = spawn("sh", [script, ...words], { cwd, stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout ?? child, "data");
  return child;
}

it("ends what names one of the lane's containers, or stands in its folder, and lets the setting be", async () => {
  const id = `kv-kata-${process.pid}`;
  const lane = exampleLane("kata", {
    ...{ ctr: join(folder, "ctr"), folder: join(folder, id) },
    ids: { sandbox: id, second: `${id}-second`, limited: `${id}-limited` },
  });
  // Has one container, once.
  await writeFile(
    lane.ctr,
    `#!/bin/sh\ncase $* in *list*) cat ${folder}/list ;; *delete*) : >${folder}/list ;; esac\n`,
    {
      mode: 0o755,
    },
  );
  await writeFile(join(folder, "list"), `another\n${id}-second\n`);
  const bundle = join(folder, "task", `${id}-second`);
  await mkdir(bundle, { recursive: true });
  const theirs = [await living("virtiofsd", [`--shared-dir=/run/${id}/shared`]), await living("shim", [], bundle)];
  const others = [await living("listener", [`${lane.folder}/answer`]), await living("other", ["kv-kata-0"])];
  const { argv, stdin } = clear(lane).command;
  // Where a testbed has none, a program's own name does.
  const busybox = join(folder, "busybox");
  await writeFile(busybox, '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const [program, ...words] = argv.map(word => (word === furniture.busybox ? busybox : word));
  const run = () => execFileSync(program ?? "", words, { input: String(stdin), encoding: "utf8" }).split("\n");

  const ended = Promise.all(theirs.map(one => once(one, "exit")));
  const said = run();
  await ended;
  const pids = theirs.map(({ pid }) => `process ${pid} sh`);
  expect(said.slice(0, 2).sort()).toEqual(pids.sort());
  expect(said.slice(2)).toEqual([`task ${id}-second`, `container ${id}-second`, "cleared", ""]);
  expect(others.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
  expect(run()).toEqual(["cleared", ""]);
});
