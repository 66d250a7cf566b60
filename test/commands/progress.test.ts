import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progressFor } from "../../src/commands/progress.ts";
import { lineProgress } from "../../src/commands/progress-lines.ts";
import { terminalProgress } from "../../src/commands/progress-terminal.ts";
import { duration } from "../../src/commands/progress-view.ts";
import type { Progress } from "../../src/model/progress.ts";
import { columns } from "../../src/reporters/text/columns.ts";
import { unpainted } from "../../src/reporters/text/paint.ts";
import { dice, hostileText, nasty } from "../reporters/hostile.ts";
import { screen } from "./screen.ts";

const one = "debian-13 qemu-distro-kernel";
const two = "fedora-44 qemu-distro-kernel";
const doing = (cell: string, message: string): Progress => ({ kind: "doing", cell, stage: "install", message });
const console = (cell: string, line: string): Progress => ({ kind: "console", cell, line });
const ended = (cell: string): Progress => ({
  kind: "ended",
  cell,
  standing: "provisional",
  because: "all that ran passed",
});

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the live view", () => {
  it("shows for each cell what it does, how long, and the last console line", () => {
    const tty = screen(80, 24);
    using live = terminalProgress(tty, unpainted);
    live.tell({ kind: "said", message: "Debian's /dev/kvm boots no kernel" });
    live.tell(doing(one, "installing 14 packages"));
    live.tell(doing(two, "pulling"));
    live.tell(console(one, "[    0.000000] Linux version 6.12\r"));
    live.tell(console(one, "   "));
    vi.advanceTimersByTime(72_000);
    expect(tty.text().replace(/[⠋-⠿]/g, "*")).toBe(
      [
        "Debian's /dev/kvm boots no kernel",
        `* 1m 12s ${one}  install, installing 14 packages`,
        "  │ [ 0.000000] Linux version 6.12",
        `* 1m 12s ${two}  install, pulling`,
        "",
      ].join("\n"),
    );
    live.tell(ended(one));
    expect(tty.text().replace(/[⠋-⠿]/g, "*")).toBe(
      [
        "Debian's /dev/kvm boots no kernel",
        `✓ ${one}: provisional: all that ran passed (1m 12s)`,
        `* 1m 12s ${two}  install, pulling`,
        "",
      ].join("\n"),
    );
    live.tell(ended(two));
    live[Symbol.dispose]();
    expect(tty.text()).toMatch(/fedora-44.*\(1m 12s\)\n$/);
  });

  it("leaves only what lasts when it is taken away", () => {
    const tty = screen(80, 24);
    const live = terminalProgress(tty, unpainted);
    live.tell(doing(one, "booting"));
    vi.advanceTimersByTime(1000);
    expect(tty.text()).toContain("booting");
    live[Symbol.dispose]();
    expect(tty.text()).toBe("");
    live.tell(doing(one, "still booting"));
    live.tell(ended(one));
    vi.advanceTimersByTime(10_000);
    live[Symbol.dispose]();
    expect(tty.text()).toBe("");
  });

  it("never wraps, however narrow", () => {
    for (const width of [1, 2, 5, 12, 40]) {
      const tty = screen(width, 24);
      using live = terminalProgress(tty, unpainted);
      live.tell(doing(one, "installing 漢字漢字漢字 packages"));
      live.tell(console(one, "漢".repeat(200)));
      vi.advanceTimersByTime(10_000);
      expect(tty.text().split("\n")).toHaveLength(3);
      for (const line of tty.text().split("\n")) expect(columns(line)).toBeLessThanOrEqual(Math.max(1, width - 1));
    }
  });

  it("never grows higher than the terminal", () => {
    const tty = screen(60, 6);
    using live = terminalProgress(tty, unpainted);
    for (let at = 0; at < 20; at += 1) live.tell(doing(`cell-${at}`, "busy"));
    vi.advanceTimersByTime(1000);
    expect(tty.text().trimEnd().split("\n")).toHaveLength(5);
    expect(tty.text()).toContain("… and 16 more cells");
  });

  it("cleans up after itself when the terminal becomes narrower", () => {
    const tty = screen(80, 24);
    using live = terminalProgress(tty, unpainted);
    live.tell(doing(one, "x".repeat(100)));
    vi.advanceTimersByTime(1000);
    // Terminals wrap what is there again: 79 columns become two rows of 40.
    const [line = ""] = tty.text().split("\n");
    const narrow = screen(40, 24);
    narrow.write(`${line}\n`);
    tty.columns = 40;
    const before = tty.written.length;
    vi.advanceTimersByTime(1000);
    for (const text of tty.written.slice(before)) narrow.write(text);
    expect(narrow.text().trimEnd().split("\n")).toHaveLength(1);
  });

  it("draws a flood of console lines at its own pace", () => {
    const tty = screen(80, 24);
    using live = terminalProgress(tty, unpainted);
    for (let at = 0; at < 10_000; at += 1) live.tell(console(one, `line ${at}`));
    vi.advanceTimersByTime(1000);
    expect(tty.written.length).toBeLessThan(10);
    expect(tty.text()).toContain("line 9999");
  });

  it("is not driven by what a console prints", () => {
    const random = dice(9);
    const tty = screen(80, 24);
    using live = terminalProgress(tty, unpainted);
    for (const text of [...nasty, ...Array.from({ length: 200 }, () => hostileText(random))]) {
      live.tell(console(one, text));
      live.tell(doing(one, text));
      live.tell({ kind: "said", message: text });
      vi.advanceTimersByTime(200);
    }
    live.tell(console(one, "x".repeat(5_000_000)));
    vi.advanceTimersByTime(200);
    for (const text of tty.written) expect(text).not.toMatch(/^\s*::|##\w*\[/m);
  });
});

describe("progress in a pipe", () => {
  const lines = (events: readonly Progress[]): string[] => {
    const told: string[] = [];
    const tell = lineProgress({ write: text => told.push(String(text)) > 0 });
    for (const event of events) {
      tell(event);
      vi.advanceTimersByTime(1500);
    }
    return told.join("").split("\n");
  };

  it("is one line an event, with the seconds since the start", () => {
    const events: Progress[] = [
      { kind: "said", message: "hello" },
      doing(one, "installing"),
      { kind: "step", cell: one, step: "qemu.version", ending: { kind: "exited", code: 0 }, durationMs: 12.3 },
      console(one, "Linux version"),
      console(one, "\r"),
      ended(one),
    ];
    expect(lines(events)).toEqual([
      "[   0.0s] hello",
      `[   1.5s] ${one}: install, installing`,
      `[   3.0s] ${one}: qemu.version exited 0, 12 ms`,
      `[   4.5s] ${one}: | Linux version`,
      `[   7.5s] ${one}: provisional: all that ran passed`,
      "",
    ]);
  });

  it("stays one harmless line an event, whatever a console prints", () => {
    const random = dice(10);
    for (const text of [...nasty, ...Array.from({ length: 200 }, () => hostileText(random))]) {
      const told = lines([doing(one, text), { kind: "said", message: text }]);
      expect(told).toHaveLength(3);
      for (const line of told.slice(0, 2)) expect(line).toMatch(/^\[ *\d+\.\ds\] [^\u0000-\u001f\u007f-\u009f]*$/);
      expect(told.join("\n")).not.toMatch(/##\w*\[/);
    }
  });

  it("leaves out what a console prints for ever", () => {
    const told = lines(Array.from({ length: 2000 }, (_, at) => console(one, `line ${at}`)));
    expect(told).toHaveLength(502);
    expect(told.at(-2)).toContain("left out");
  });
});

describe("the choice", () => {
  const stream = (isTTY: boolean) =>
    Object.assign(new PassThrough(), {
      isTTY,
      columns: 80,
      rows: 24,
      hasColors: () => false,
    }) as unknown as NodeJS.WriteStream;
  const told = (isTTY: boolean, quiet: boolean, env: Record<string, string>) => {
    const to = stream(isTTY);
    using live = progressFor(to, { quiet, env });
    live.tell(doing(one, "x"));
    vi.advanceTimersByTime(500);
    return String((to as unknown as PassThrough).read() ?? "");
  };

  it("is live on a terminal, lines in a pipe and in CI, nothing when quiet", () => {
    expect(told(true, false, {})).toContain("\u001b[");
    for (const text of [told(false, false, {}), told(true, false, { CI: "true" }), told(true, false, { TERM: "dumb" })])
      expect(text).toBe(`[   0.0s] ${one}: install, x\n`);
    expect(told(true, true, {})).toBe("");
  });

  it("survives a reader that went away", () => {
    const to = stream(false);
    using live = progressFor(to, { quiet: false, env: {} });
    to.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect(() => live.tell(doing(one, "x"))).not.toThrow();
  });
});

it("durations are short", () => {
  expect([0, 999, 61_000, 3_600_000, 7_500_000].map(duration)).toEqual(["0s", "0s", "1m 01s", "1h 00m", "2h 05m"]);
});
