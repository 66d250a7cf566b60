import type { Tell } from "../model/progress.ts";
import type { Paint } from "../reporters/text/paint.ts";
import { advance, nothing } from "./progress-state.ts";
import { lasting } from "./progress-text.ts";
import { duration, height, view } from "./progress-view.ts";

/** The part of a TTY stream that a live view needs. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** Told progress; dispose to take the live lines away, which leaves the cursor where a shell expects it. */
export interface LiveProgress extends Disposable {
  readonly tell: Tell;
}

/** Milliseconds between two drawings; events in between are only remembered. */
const everyMs = 120;

/**
 * A live view: each running cell with what it does, for how long, and its last console line, redrawn in place; what has ended, and what was
 * said, stays above it. `now` gives milliseconds.
 */
export function terminalProgress(terminal: Terminal, paint: Paint, now: () => number = Date.now): LiveProgress {
  const shown = { state: nothing, lines: [] as readonly string[], over: false };

  const erase = (): string => {
    const up = height(shown.lines, terminal.columns);
    shown.lines = [];
    return up === 0 ? "" : `\u001b[${up}A\r\u001b[J`;
  };

  const draw = (above: string): void => {
    const { columns, rows } = terminal;
    const lines = view(shown.state, { columns, rows, nowMs: now(), paint });
    if (above === "" && lines.join("\n") === shown.lines.join("\n")) return;
    const text = erase() + above + lines.map(line => `${line}\n`).join("");
    shown.lines = lines;
    if (text !== "") terminal.write(text);
  };

  const timer = setInterval(() => draw(""), everyMs);
  timer.unref();

  return {
    tell(progress) {
      if (shown.over) return;
      const nowMs = now();
      const cell = progress.kind === "said" ? undefined : shown.state.get(progress.cell);
      const line = lasting(progress, duration(nowMs - (cell?.startedMs ?? nowMs)), paint);
      shown.state = advance(shown.state, progress, nowMs);
      if (line !== undefined) draw(`${line}\n`);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      shown.over = true;
      const text = erase();
      if (text !== "") terminal.write(text);
    },
  };
}
