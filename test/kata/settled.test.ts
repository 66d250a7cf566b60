import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lostCode, run, stop } from "../../src/kata/ctr.ts";
import type { Command } from "../../src/model/command.ts";
import { printed } from "../../src/workloads/example.ts";
import { exampleLane } from "../workloads/containers/lane.ts";

const refused = "ctr: failed to delete task: Container not ready or stopped, impossible to delete: unknown";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kv-settled-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A client whose task is let go at the third attempt, of which `run` makes the first. */
const client = (code: number) => `#!/bin/sh
shift 4
case "$1 $2" in
  "task kill") exit ;;
  "container delete") echo "container $3" >>${folder}/did; exit ;;
esac
echo "$1" >>${folder}/tries
[ "$(wc -l <${folder}/tries)" -ge 3 ] || { echo "${refused}" >&2; exit 1; }
echo 'level=warning msg="task x exit with non-zero exit code ${code}"' >&2
`;

async function ran({ argv }: Command) {
  const [program, ...rest] = argv;
  return execa(program, rest, { reject: false, timeout: 20_000 });
}

function lane(script: string) {
  const ctr = join(folder, "ctr");
  writeFileSync(ctr, script, { mode: 0o755 });
  writeFileSync(join(folder, "logs.places"), "");
  return exampleLane("kata", { ctr, folder });
}

describe("a container whose end is told before it may be deleted", () => {
  it("is deleted when it may, and its exit code comes back", async () => {
    const one = lane(client(137));
    const ended = await ran(run(one, { id: "x", role: "member" }, ["true"], 10_000));
    expect({ code: ended.exitCode, said: ended.stderr }).toMatchObject({ code: 137 });
    expect(await ran({ argv: ["cat", join(folder, "did")], timeoutMs: 1 })).toMatchObject({ stdout: "container x" });
  });

  it("is stopped when it may be", async () => {
    const ended = await ran(stop(lane(client(44)), "x", 10_000));
    expect(ended.stdout).toContain("non-zero exit code 44");
    expect(ended.stdout).toContain("task deleted x");
  });

  /** A client that gives up, and whose own second attempt succeeds, in so many of its runs. */
  const losing = (times: number) => `#!/bin/sh
shift 4
case "$1" in
  run) echo run >>${folder}/runs ;;
  task) echo 'ctr: container "x" in namespace "n": not found' >&2; exit 1 ;;
  *) exit 1 ;;
esac
[ "$(wc -l <${folder}/runs)" -gt ${times} ] || { echo "${refused}" >&2; exit 1; }
exit 137
`;

  it.each([
    [2, 137],
    [3, 76],
  ])("is run again where the client has deleted it after all: %d times, then %d", async (times, code) => {
    const one = lane(losing(times));
    const ended = await ran(run(one, { id: "x", role: "member" }, ["true"], 10_000));
    expect(ended.exitCode).toBe(code);
    expect(readFileSync(join(folder, "runs"), "utf8")).toBe("run\n".repeat(3));
    expect(lostCode({ ...printed(""), ending: { kind: "exited", code: ended.exitCode ?? 0 } })).toBe(times === 3);
  });

  it("is not waited for where something else is wrong", async () => {
    const one = lane('#!/bin/sh\necho "ctr: no such image" >&2\nexit 1\n');
    const ended = await ran(run(one, { id: "x", role: "member" }, ["true"], 10_000));
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no such image") });
  });
});
