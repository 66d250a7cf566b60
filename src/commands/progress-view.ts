import { columns, shortened } from "../reporters/text/columns.ts";
import { inert } from "../reporters/text/inert.ts";
import type { Paint, Style } from "../reporters/text/paint.ts";
import { oneLine, plain } from "../reporters/text/plain.ts";
import type { Running, State } from "./progress-state.ts";

/** What a view is drawn on. `columns` and `rows` of the terminal. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly nowMs: number;
  readonly paint: Paint;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** `7s`, `1m 12s`, `2h 05m`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
}

type Piece = readonly [style: Style | undefined, text: string];

/** Pieces on one line of at most `width` columns; what does not shortened is cut off at the right. */
function line(pieces: readonly Piece[], width: number, paint: Paint): string {
  const room = { left: width };
  return pieces
    .map(([style, text]) => {
      const cut = shortened(text, room.left);
      room.left -= columns(cut);
      return style && cut !== "" ? paint(style, cut) : cut;
    })
    .join("");
}

const frame = (nowMs: number): string => spinner[Math.floor(nowMs / 120) % spinner.length] ?? "";

function rows(one: Running, canvas: Canvas): string[] {
  const { nowMs, paint } = canvas;
  // The last column stays free: some terminals wrap as soon as it is written.
  const width = Math.max(1, canvas.columns - 1);
  const time = `${duration(nowMs - one.startedMs)} `;
  const doing = [one.stage, inert(oneLine(one.message))].filter(Boolean).join(", ");
  const pieces: Piece[] = [
    ["cyan", `${frame(nowMs)} `],
    ["gray", time],
    ["bold", inert(oneLine(one.cell))],
    [undefined, doing === "" ? "" : `  ${doing}`],
  ];
  const console = inert(oneLine(one.console, 500));
  const first = line(pieces, width, paint);
  return console === "" ? [first] : [first, line([["gray", `  │ ${console}`]], width, paint)];
}

/** The live lines: for each cell what it does, for how long, and the last line of its console; never more than the terminal is high. */
export function view(state: State, canvas: Canvas): string[] {
  const cells = [...state.values()];
  const room = Math.max(1, canvas.rows - 1);
  const all = cells.flatMap(one => rows(one, canvas));
  if (all.length <= room) return all;
  const short = cells.flatMap(one => rows(one, canvas).slice(0, 1));
  if (short.length <= room) return short;
  const shown = short.slice(0, Math.max(0, room - 1));
  return [...shown, shortened(`  … and ${cells.length - shown.length} more cells`, Math.max(1, canvas.columns - 1))];
}

/** How many rows lines take on a terminal that is `width` wide: it may have become narrower since they were drawn. */
export const height = (lines: readonly string[], width: number): number =>
  lines.reduce((sum, one) => sum + Math.max(1, Math.ceil(columns(plain(one)) / Math.max(1, width))), 0);
