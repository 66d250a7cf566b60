import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Ending } from "../../../src/model/command.ts";
import type { Event } from "../../../src/model/evidence.ts";
import { collect, readEnding, readLeft, unroll } from "../../../src/observe/guest/collect.ts";
import type { Followed } from "../../../src/observe/guest/follow.ts";
import { writeDown } from "../../../src/observe/guest/written.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (contents: Uint8Array) => new TextDecoder().decode(contents);
const printed = (...files: string[]) => bytes(files.map(file => `${bytes(file).length}\n${file}`).join(""));

describe("what a boot left", () => {
  it("is read file by file, whatever is in them", () => {
    const left = readLeft(
      printed(
        "warning\n4\n",
        "exited 0\n",
        "",
        "signalled SIGSEGV\n",
        "                   7",
        "\0\n12\nü",
        "",
        "kv-1 a b=c\n",
      ),
    );
    expect(left.vmm.ending).toEqual({ kind: "exited", code: 0 });
    expect(left.virtiofsd).toMatchObject({ ending: { kind: "signalled", signal: "SIGSEGV" }, outlived: false });
    expect([text(left.vmm.stderr), text(left.console), text(left.marks)]).toEqual([
      "warning\n4\n",
      "\0\n12\nü",
      "kv-1 a b=c\n",
    ]);
  });

  it("is nothing where nothing came, or only a part", () => {
    expect(readLeft(bytes("")).vmm.ending).toBeUndefined();
    expect(text(readLeft(bytes("9\nwar")).vmm.stderr)).toBe("war");
    expect(readEnding("")).toBeUndefined();
  });
});

describe("the script that collects", () => {
  /** Runs it over a folder as a boot leaves it, with a daemon that `ended` by itself or is still up. */
  async function collected(ended: boolean) {
    const folder = await mkdtemp(join(tmpdir(), "kata-verify-collect-"));
    // The stand-in's `spawn`: the pid, and later how it ended.
    const daemon = spawn("sleep", ["60"]);
    const gone = once(daemon, "exit").then(([code, signal]) =>
      writeFile(join(folder, "virtiofsd.pid.ended"), signal ? `signalled ${signal}\n` : `exited ${code}\n`),
    );
    await writeFile(join(folder, "virtiofsd.pid"), `${daemon.pid}\n`);
    if (ended) {
      daemon.kill("SIGKILL");
      await gone;
    }
    const [program, ...rest] = collect(folder).argv;
    const { stdout } = await promisify(execFile)(program, rest, { encoding: "buffer" });
    await gone;
    return readLeft(stdout);
  }

  it("tells a daemon that it ended from one that something else killed", async () => {
    const killed = { kind: "signalled", signal: "SIGKILL" };
    expect((await collected(false)).virtiofsd).toMatchObject({ ending: killed, outlived: true });
    expect((await collected(true)).virtiofsd).toMatchObject({ ending: killed, outlived: false });
  });
});

describe("a daemon that the harness ended", () => {
  const ended = (outlived: boolean) => {
    const events: Event[] = [];
    const nothing = new Uint8Array();
    const signalled: Ending = { kind: "signalled", signal: "SIGKILL" };
    const observation = { argv: [], ending: signalled, stdout: nothing, stderr: nothing, durationMs: 1.4 };
    writeDown(event => events.push(event), [], { how: "timedOut", observation } as unknown as Followed, {
      vmm: { stderr: nothing, ending: undefined },
      virtiofsd: { stderr: nothing, ending: signalled, outlived },
      console: nothing,
      marks: nothing,
    });
    return events.flatMap(event =>
      event.kind === "observed" && event.step === "guest.virtiofsd-end" ? [event.seen.ending] : [],
    );
  };

  it("did not end in time; any other died of the signal", () => {
    expect(ended(true)).toEqual([{ kind: "timedOut", afterMs: 1 }]);
    expect(ended(false)).toEqual([{ kind: "signalled", signal: "SIGKILL" }]);
  });
});

describe("a console's ring", () => {
  /** The stand-in's recorder, small. */
  function recorded(said: string, size: number) {
    const head = said.slice(0, size);
    const ring = said.slice(size, 2 * size).split("");
    for (let at = 2 * size; at < said.length; at++) ring[(at - size) % size] = said[at] ?? "";
    return text(unroll(bytes(head), bytes(ring.join("")), said.length));
  }

  it.each(["", "abc", "abcd", "abcdefg", "abcdefgh"])("is all of %j", said => {
    expect(recorded(said, 4)).toBe(said);
  });

  it.each([
    ["abcdefghi", "abcd\n[… 1 bytes left out …]\nfghi"],
    ["abcdefghijkl", "abcd\n[… 4 bytes left out …]\nijkl"],
    ["abcdefghijklmno", "abcd\n[… 7 bytes left out …]\nlmno"],
  ])("is the beginning and the end of %j", (said, kept) => {
    expect(recorded(said, 4)).toBe(kept);
  });
});
