const nothing = /[\p{Mark}\p{Format}]/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const charColumns = (char: string): number => (nothing.test(char) ? 0 : wide.test(char) ? 2 : 1);

/** How many columns of a terminal a text without controls takes. */
export function columns(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  return [...text].reduce((sum, char) => sum + charColumns(char), 0);
}

/** The text, cut so that it takes at most `max` columns. */
export function shortened(text: string, max: number): string {
  if (columns(text) <= max) return text;
  const kept: string[] = [];
  let room = max - 1;
  for (const char of text) {
    room -= charColumns(char);
    if (room < 0) break;
    kept.push(char);
  }
  return max > 0 ? `${kept.join("")}…` : "";
}

export const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - columns(text)));

/** Rows as lines with their cells under each other, two spaces between; nothing at the ends of lines. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((max, row) => {
    for (const [at, cell] of row.entries()) max[at] = Math.max(max[at] ?? 0, columns(cell));
    return max;
  }, []);
  return rows.map(row =>
    row
      .map((cell, at) => padded(cell, widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
