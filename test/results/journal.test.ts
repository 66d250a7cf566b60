import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fold } from "../../src/judge/fold.ts";
import type { Event } from "../../src/model/evidence.ts";
import { openJournal } from "../../src/results/journal.ts";
import { JournalBroken, readJournal } from "../../src/results/journal-read.ts";
import { evidence, exited } from "../judge/evidence.ts";
import { built, folder } from "./built.ts";

const dir = folder("journal");
afterAll(() => rmSync(dir, { recursive: true }));

const { tool, cell, request } = evidence();
const opened: Event = { kind: "opened", schemaVersion: 1, tool, cell, request };

function ticking(): () => string {
  const clock = { ms: Date.UTC(2026, 10, 22) };
  return () => new Date(clock.ms++).toISOString();
}

function written(name: string, events: readonly Event[]): string {
  const path = join(dir, name);
  const journal = openJournal(path, ticking());
  for (const event of events) journal.emit(event);
  journal.close();
  return readFileSync(path, "utf8");
}

const events: Event[] = [
  opened,
  { kind: "fact", name: "bootMs", value: 9000 },
  { kind: "observed", step: "qemu.version", seen: exited("QEMU emulator version 10.0.13\n\u001b[31m\u2028\ud800") },
  { kind: "noted", note: "naïve ✓" },
  { kind: "closed" },
];

describe("a journal", () => {
  it("is read back as it was written", () => {
    const { lines, torn } = readJournal(written("whole", events));
    expect(torn).toBe(false);
    expect(lines.map(line => line.event)).toEqual(events);
    expect(lines.map(line => line.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("cut off at any byte folds into valid evidence, once its first line is whole", () => {
    const bytes = Buffer.from(written("cut", events));
    const first = bytes.indexOf("\n") + 1;
    for (let end = first; end <= bytes.length; end += 1) {
      const { lines, torn } = readJournal(bytes.subarray(0, end).toString());
      expect(torn).toBe(bytes[end - 1] !== 10);
      expect(fold(lines).finishedAt === null).toBe(end < bytes.length);
    }
  });

  it("names the line where the chain is broken", () => {
    const text = written("chain", events);
    expect(() => readJournal(text.replace("10.0.13", "10.0.14"))).toThrow(/^line 4: the chain is broken/);
    const without = text.split("\n").toSpliced(2, 1).join("\n");
    expect(() => readJournal(without)).toThrow(/^line 3: seq is 4, expected 3/);
    expect(() => readJournal(text.replace('"fact"', '"opinion"'))).toThrow(JournalBroken);
    expect(() => readJournal(text.replace(/\n/, "}\n"))).toThrow(
      /^line 1: not JSON, column \d+: expected the end of the file, found "}"$/,
    );
  });

  it("is not there before its first line", () => {
    const path = join(dir, "early");
    const journal = openJournal(path, ticking());
    expect(existsSync(path)).toBe(false);
    journal.emit(opened);
    expect(existsSync(path)).toBe(true);
    journal.close();
    openJournal(join(dir, "nothing"), ticking()).close();
    expect(existsSync(join(dir, "nothing.tmp"))).toBe(false);
  });

  it("does not write through a link", () => {
    const victim = join(dir, "victim");
    writeFileSync(victim, "mine");
    symlinkSync(victim, join(dir, "linked.tmp"));
    expect(() => openJournal(join(dir, "linked"), ticking())).toThrow(/ELOOP/);
    expect(readFileSync(victim, "utf8")).toBe("mine");
  });

  it("loses at most the line being written to kill -9", async () => {
    const program = built("endless-writer.ts", dir);
    const path = join(dir, "killed");
    const child = spawn(process.execPath, [program, path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { lines } = readJournal(readFileSync(path, "utf8"));
    expect(fold(lines)).toMatchObject({ finishedAt: null, cell: { target: { id: "debian-13" } } });
  });

  it("stays whole when the disk is full, and says why it ends", () => {
    const program = built("endless-writer.ts", dir);
    mkdirSync(join(dir, "small"));
    const path = join(dir, "small", "journal");
    // Files of this process cannot grow beyond 32 blocks of 512 bytes.
    const limited = spawnSync("sh", ["-c", 'ulimit -f 32; exec "$@"', "sh", process.execPath, program, path]);
    expect(limited.stdout.toString()).toContain("JournalLost");
    const { lines, torn } = readJournal(readFileSync(path, "utf8"));
    expect(torn).toBe(false);
    expect(fold(lines).stopped.map(stop => stop.reason.code)).toEqual(["infra.disk-full"]);
  });
});
