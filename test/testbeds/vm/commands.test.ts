import { expect, test } from "vitest";
import type { Agent, AgentEnd } from "../../../src/testbeds/vm/agent.ts";
import type { Bulk } from "../../../src/testbeds/vm/bulk.ts";
import { type Channels, fetch, run, write } from "../../../src/testbeds/vm/commands.ts";
import { CallFailed } from "../../../src/testbeds/vm/line-channel.ts";

interface Exec {
  readonly argv: readonly string[];
  readonly stdin: string | undefined;
}

const end = (changes: Partial<AgentEnd> = {}): AgentEnd => ({
  code: 0,
  signal: undefined,
  stdout: Buffer.from(""),
  stderr: Buffer.from(""),
  ...changes,
});

/** A testbed whose programs answer as told. */
function channels(answer: (exec: Exec) => AgentEnd): Channels & { execs: Exec[]; disk: Map<number, Uint8Array> } {
  const execs: Exec[] = [];
  const disk = new Map<number, Uint8Array>();
  const agent: Agent = {
    exec: async (argv, { stdin } = {}) => {
      const exec = { argv, stdin: stdin === undefined ? undefined : Buffer.from(stdin).toString("latin1") };
      execs.push(exec);
      return answer(exec);
    },
    readHead: async path => {
      if (path === "/small") return { bytes: Buffer.from("small"), whole: true };
      if (path === "/large") return { bytes: Buffer.from("la"), whole: false };
      throw new CallFailed("guest-file-open: failed to open file");
    },
    close: () => {},
  };
  const bulk: Bulk = {
    use: work =>
      work({
        offset: 4096,
        read: async length => Buffer.from((disk.get(4096) ?? new Uint8Array()).subarray(0, length)),
        write: async bytes => void disk.set(4096, bytes),
      }),
    [Symbol.asyncDispose]: async () => {},
  };
  return { agent, bulk, timeScale: 2, execs, disk };
}

const tokenOf = ({ argv }: Exec) => argv[argv.indexOf("run") + 2] ?? "";

test("a command runs under the stand-in, with more time on a slow testbed", async () => {
  const on = channels(exec =>
    end({ stdout: Buffer.from("out"), stderr: Buffer.from(`err\n${tokenOf(exec)} exited 3\n`) }),
  );
  const seen = await run(on, { argv: ["x", "y"], timeoutMs: 100 });
  expect(seen).toMatchObject({ argv: ["x", "y"], ending: { kind: "exited", code: 3 } });
  expect([seen.stdout, seen.stderr].map(bytes => Buffer.from(bytes).toString())).toEqual(["out", "err"]);
  expect(on.execs[0]?.argv.slice(0, 3)).toEqual(["/run/kata-verify/standin", "run", "200"]);
  expect(on.execs[0]?.argv.slice(-3)).toEqual(["--", "x", "y"]);
});

test("what was put aside is put behind what came, and removed", async () => {
  const on = channels(exec => {
    if (exec.argv.includes("run"))
      return end({ stdout: Buffer.from("he"), stderr: Buffer.from(`\n${tokenOf(exec)} exited 0 spilled 3 0\n`) });
    on.disk.set(4096, Buffer.from("llo"));
    return end({ stdout: Buffer.from("3\n") });
  });
  const seen = await run(on, { argv: ["x"], timeoutMs: 1 });
  expect(Buffer.from(seen.stdout).toString()).toBe("hello");
  expect(on.execs.map(({ argv }) => argv[1])).toEqual(["run", "get", "rm"]);
});

test("of what nobody needs whole only the end is fetched, and what is needed whole is then not told as a success", async () => {
  const on = channels(exec => {
    if (exec.argv.includes("run"))
      return end({ stdout: Buffer.from("he"), stderr: Buffer.from(`\n${tokenOf(exec)} exited 0 spilled 200000 0\n`) });
    return end({ stdout: Buffer.from("llo") });
  });
  const seen = await run(on, { argv: ["x"], timeoutMs: 1 });
  expect(Buffer.from(seen.stdout).toString()).toBe("he\n[… 199997 bytes left out …]\nllo");
  expect(seen.ending).toEqual({ kind: "exited", code: 0 });
  expect(on.execs.map(({ argv }) => argv[1])).toEqual(["run", "tail", "rm"]);
  const whole = await run(on, { argv: ["x"], timeoutMs: 1, wholeBytes: 4096 });
  expect(whole.ending).toEqual({ kind: "truncated", afterBytes: 4096 });
});

test("output that found no room says so", async () => {
  const on = channels(exec => end({ stderr: Buffer.from(`\n${tokenOf(exec)} exited 0 lost ENOSPC\n`) }));
  expect(Buffer.from((await run(on, { argv: ["x"], timeoutMs: 1 })).stdout).toString()).toContain("dropped: ENOSPC");
});

test("a stand-in that was killed is no ending of the command", async () => {
  const on = channels(() => end({ code: undefined, signal: 9 }));
  await expect(run(on, { argv: ["x"], timeoutMs: 1 })).rejects.toThrow("the stand-in was killed while it ran x");
});

test("too many arguments are the command's own trouble", async () => {
  const on = channels(() => {
    throw new CallFailed("guest-exec: Guest command failed: Argument list too long");
  });
  expect((await run(on, { argv: ["x"], timeoutMs: 1 })).ending).toEqual({ kind: "notStarted", code: "E2BIG" });
});

test("small files go in with the call, large ones by the disk", async () => {
  const on = channels(() => end());
  await write(on, "/a", Buffer.from("abc"), 0o644);
  expect(on.execs[0]).toEqual({ argv: ["/run/kata-verify/standin", "put", "644", "/a"], stdin: "abc" });
  await write(on, "/b", Buffer.alloc(100_000, 7), 0o755);
  expect(on.execs[1]?.argv.slice(1)).toEqual(["put", "755", "/b", "/dev/vdb", "4096", "100000"]);
  expect(on.disk.get(4096)).toHaveLength(100_000);
});

test("large input is a file that goes with the command", async () => {
  const on = channels(exec => end({ stderr: Buffer.from(`\n${tokenOf(exec)} exited 0\n`) }));
  await run(on, { argv: ["x"], stdin: Buffer.alloc(100_000, 7), timeoutMs: 1 });
  expect(on.execs.map(({ argv, stdin }) => [argv[1], stdin])).toEqual([
    ["put", undefined],
    ["sh", undefined],
  ]);
});

test("files come back whole, and one that is not there is an error with its errno", async () => {
  const on = channels(({ argv }) => {
    if (argv.includes("/large")) {
      on.disk.set(4096, Buffer.from("large"));
      return end({ stdout: Buffer.from("5\n") });
    }
    return end({ code: 1, stderr: Buffer.from("ENOENT: /none\n") });
  });
  expect(Buffer.from(await fetch(on, "/small")).toString()).toBe("small");
  expect(Buffer.from(await fetch(on, "/large")).toString()).toBe("large");
  await expect(fetch(on, "/none")).rejects.toThrow("ENOENT: /none");
});
