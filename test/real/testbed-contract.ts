import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command } from "../../src/model/command.ts";
import { type Testbed, TestbedGone } from "../../src/model/testbed.ts";

export interface OpenedTestbed {
  readonly testbed: Testbed;
  /** Ends the machine from outside, without a word to the testbed. */
  readonly kill: () => Promise<void>;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const everyByte = Buffer.from(Array.from({ length: 1_000_003 }, (_, at) => (at * 7 + (at >> 8)) & 255));

const shell = (script: string, changes: Partial<Command> = {}): Command => ({
  argv: ["sh", "-c", script],
  timeoutMs: 120_000,
  ...changes,
});

/** Prints the command lines that contain a mark, but not its own, which has it in brackets: `[4]711`. */
const living = (mark: string) =>
  shell(`for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$one" 2>/dev/null; echo; done | grep -c ${mark}; true`);

/** What every testbed must be able to do, on a root file system of Debian with a stand-in. */
export function testbedContract(name: string, open: () => Promise<OpenedTestbed>): void {
  describe(`testbed contract: ${name}`, () => {
    const opened: { one?: OpenedTestbed } = {};
    const bed = (): Testbed => {
      if (opened.one === undefined) throw new Error("the testbed did not open");
      return opened.one.testbed;
    };

    beforeAll(async () => {
      opened.one = await open();
    });
    afterAll(async () => {
      await opened.one?.testbed[Symbol.asyncDispose]();
    });

    describe("run", () => {
      test("keeps streams apart and exact, with the code", async () => {
        const seen = await bed().run(shell('printf "a\\0\\377\\r\\n"; printf "b\\n" >&2; exit 7'));
        expect(seen.ending).toEqual({ kind: "exited", code: 7 });
        expect(Buffer.from(seen.stdout).toString("latin1")).toBe("a\0\xff\r\n");
        expect(text(seen.stderr)).toBe("b\n");
        expect(seen.durationMs).toBeGreaterThan(0);
      });

      test("gives arguments and variables as they are", async () => {
        const argv = ["", "a b", "$HOME", "ü", "\n", "--", "-x"];
        const command = {
          argv: ["sh", "-c", 'printf "[%s]" "$@" "$GIVEN"', "sh", ...argv] as const,
          timeoutMs: 60_000,
        };
        const seen = await bed().run({ ...command, env: { GIVEN: "x='y' \"z\"" } });
        expect(text(seen.stdout)).toBe([...argv, "x='y' \"z\""].map(one => `[${one}]`).join(""));
      });

      test("gives binary input whole, and end of file without", async () => {
        const wholeBytes = everyByte.length;
        const given = await bed().run({ argv: ["cat"], stdin: everyByte, timeoutMs: 120_000, wholeBytes });
        expect(sha256(given.stdout)).toBe(sha256(everyByte));
        expect((await bed().run({ argv: ["cat"], timeoutMs: 60_000 })).stdout).toHaveLength(0);
      });

      test("a program need not read its input", async () => {
        for (let time = 0; time < 5; time++) {
          const seen = await bed().run({ argv: ["true"], stdin: everyByte, timeoutMs: 60_000 });
          expect(seen.ending).toEqual({ kind: "exited", code: 0 });
        }
      });

      test("100 MB of output arrive byte by byte", async () => {
        const script = "seq 1 20000000 | head -c 100000000";
        const wanted = await bed().run(shell(`${script} | sha256sum`, { timeoutMs: 280_000 }));
        const seen = await bed().run({
          ...shell(`${script}; echo end >&2`, { timeoutMs: 280_000 }),
          wholeBytes: 100_000_000,
        });
        expect(seen.ending).toEqual({ kind: "exited", code: 0 });
        expect(seen.stdout).toHaveLength(100_000_000);
        expect(sha256(seen.stdout)).toBe(text(wanted.stdout).slice(0, 64));
        expect(text(seen.stderr)).toBe("end\n");
      }, 600_000);

      test.each([
        ["kill -SEGV $$", { kind: "signalled", signal: "SIGSEGV" }],
        ["kill -KILL $$", { kind: "signalled", signal: "SIGKILL" }],
      ])("%s", async (script, ending) => {
        expect((await bed().run(shell(script))).ending).toEqual(ending);
      });

      test("every exit code, those that shells and engines use themselves among them", async () => {
        const codes = [0, 1, 2, 64, 125, 126, 127, 128, 137, 255];
        const seen = await Promise.all(codes.map(code => bed().run(shell(`exit ${code}`))));
        expect(seen.map(one => one.ending)).toEqual(codes.map(code => ({ kind: "exited", code })));
      });

      test.each([
        ["/no/such/program", "ENOENT"],
        ["/etc/passwd", "EACCES"],
      ])("%s does not start: %s", async (program, code) => {
        const seen = await bed().run({ argv: [program], timeoutMs: 60_000 });
        expect(seen.ending).toEqual({ kind: "notStarted", code });
      });

      test("a time-out ends all that the command started, and what it had printed is there", async () => {
        const script = "echo before; setsid sleep 4711 & (trap '' TERM INT HUP; sleep 4711; sleep 4711) & wait";
        const seen = await bed().run(shell(script, { timeoutMs: 1_500 }));
        expect(seen.ending).toMatchObject({ kind: "timedOut" });
        expect(text(seen.stdout)).toBe("before\n");
        expect(text((await bed().run(living("'[4]711'"))).stdout)).toBe("0\n");
      });

      test("what a command leaves behind is ended with it, and does not hold its output open", async () => {
        const seen = await bed().run(shell("setsid sleep 4712 & echo done"));
        expect(seen.ending).toEqual({ kind: "exited", code: 0 });
        expect(text(seen.stdout)).toBe("done\n");
        expect(text((await bed().run(living("'[4]712'"))).stdout)).toBe("0\n");
      });

      test("50 at once do not mix", async () => {
        const all = await Promise.all(
          Array.from({ length: 50 }, (_, at) =>
            // Where the processor is emulated an engine takes seconds to start each, one after the other.
            bed().run(shell(`cat; echo ${at}; exit ${at}`, { stdin: `in ${at}\n`, timeoutMs: 600_000 })),
          ),
        );
        for (const [at, seen] of all.entries()) {
          expect(text(seen.stdout)).toBe(`in ${at}\n${at}\n`);
          expect(seen.ending).toEqual({ kind: "exited", code: at });
        }
      }, 900_000);

      test("a long one does not keep others from running", async () => {
        const long = Promise.all(Array.from({ length: 6 }, () => bed().run(shell("sleep 8"))));
        const seen = await bed().run(shell("echo beside"));
        expect(text(seen.stdout)).toBe("beside\n");
        for (const one of await long) expect(one.ending).toEqual({ kind: "exited", code: 0 });
      });
    });

    describe("files", () => {
      test("are written with folders and modes, replaced, and fetched, byte by byte", async () => {
        const path = "/var/tmp/kata-verify test/a/b'c";
        await bed().write(path, "an older and longer one");
        await bed().write(path, everyByte, 0o751);
        expect(sha256(await bed().fetch(path))).toBe(sha256(everyByte));
        const seen = await bed().run({ argv: ["stat", "-c", "%a %u:%g %s", path], timeoutMs: 60_000 });
        expect(text(seen.stdout)).toBe(`751 0:0 ${everyByte.length}\n`);
        await bed().write(path, "");
        expect(await bed().fetch(path)).toHaveLength(0);
      });

      test("one that is not there is no death of the testbed", async () => {
        const error = await bed()
          .fetch("/no/such/file")
          .catch((one: unknown) => one);
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(TestbedGone);
        expect((await bed().run({ argv: ["true"], timeoutMs: 60_000 })).ending).toEqual({ kind: "exited", code: 0 });
      });
    });

    test("killed in the middle of commands: they end, and so does everything after", async () => {
      const other = await open();
      const running = [1, 2, 3].map(() => other.testbed.run(shell("sleep 1000", { timeoutMs: 2_000_000 })));
      const settled = Promise.allSettled(running);
      await other.testbed.run({ argv: ["true"], timeoutMs: 60_000 });
      const before = Date.now();
      await other.kill();
      for (const one of await settled)
        expect(one).toMatchObject({ status: "rejected", reason: expect.any(TestbedGone) });
      expect(Date.now() - before).toBeLessThan(30_000);
      await expect(other.testbed.run({ argv: ["true"], timeoutMs: 60_000 })).rejects.toBeInstanceOf(TestbedGone);
      await expect(other.testbed.fetch("/etc/hostname")).rejects.toBeInstanceOf(TestbedGone);
      await expect(other.testbed.write("/tmp/x", "x")).rejects.toBeInstanceOf(TestbedGone);
      await other.testbed[Symbol.asyncDispose]();
    });
  });
}
