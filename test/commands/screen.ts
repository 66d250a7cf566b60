import { columns as widthOf } from "../../src/reporters/text/columns.ts";

/** A terminal small enough to understand. */
export interface Screen {
  columns: number;
  rows: number;
  /** Each write as it came. */
  readonly written: readonly string[];
  write(text: string): boolean;
  /** What is to be seen, with what scrolled away above it. */
  text(): string;
}

/** Text that wraps, line feed, carriage return, cursor up, erase below; colours are dropped, any other control is an error. */
export function screen(columns: number, rows: number): Screen {
  const written: string[] = [];
  const lines: string[][] = [[]];
  const cursor = { row: 0, column: 0 };

  function down(): void {
    cursor.row += 1;
    cursor.column = 0;
    while (lines.length <= cursor.row) lines.push([]);
  }

  function print(char: string): void {
    const width = widthOf(char);
    if (cursor.column + width > self.columns) down();
    const line = lines[cursor.row] ?? [];
    while (line.length < cursor.column) line.push(" ");
    line.splice(cursor.column, width, char, ...Array.from({ length: Math.max(0, width - 1) }, () => ""));
    cursor.column += width;
  }

  function take(piece: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(piece)?.[1];
    if (up !== undefined) cursor.row = Math.max(0, cursor.row - Number(up));
    else if (piece === "\u001b[J") {
      lines.length = cursor.row + 1;
      lines[cursor.row]?.splice(cursor.column);
    } else if (/^\u001b\[\d*m$/.test(piece)) return;
    else if (piece === "\n") down();
    else if (piece === "\r") cursor.column = 0;
    else if (/^[\u0000-\u001f\u007f-\u009f]/.test(piece)) throw new Error(`The screen got ${JSON.stringify(piece)}`);
    else print(piece);
  }

  const self: Screen = {
    columns,
    rows,
    written,
    write(text) {
      written.push(text);
      for (const [piece] of text.matchAll(/\u001b\[\d*[A-Za-z]|[\s\S]/gu)) take(piece);
      return true;
    },
    text: () => lines.map(line => line.join("").trimEnd()).join("\n"),
  };
  return self;
}
