/** How many letters must be added, dropped, changed or swapped with their neighbour to get from one word to the other. */
export function distance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line[column] = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = line;
  }
  return last[to.length] ?? 0;
}

/** The names most like the given one, best first; equally near ones in their own order. Case does not count. */
export function nearest(name: string, names: readonly string[], most = 3): string[] {
  const far = names.map(one => ({ one, away: distance(name.toLowerCase(), one.toLowerCase()) }));
  return far
    .sort((a, b) => a.away - b.away)
    .slice(0, most)
    .map(({ one }) => one);
}
