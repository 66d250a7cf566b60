import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run, stop } from "../../src/kata/ctr.ts";
import type { Command } from "../../src/model/command.ts";
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

  it("is not waited for where something else is wrong", async () => {
    const one = lane('#!/bin/sh\necho "ctr: no such image" >&2\nexit 1\n');
    const ended = await ran(run(one, { id: "x", role: "member" }, ["true"], 10_000));
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no such image") });
  });
});
