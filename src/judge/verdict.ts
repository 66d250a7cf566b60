import type { Tool } from "../model/evidence.ts";
import { worst } from "../model/outcome.ts";
import type { CellVerdict, Verdict } from "../model/verdict.ts";

interface Judged {
  readonly cell: CellVerdict;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The verdict of one target: its cells in the order of their names. `judged` has at least one cell. */
export function verdict(target: string, tool: Tool, judged: readonly [Judged, ...Judged[]]): Verdict {
  const cells = [...judged].sort((a, b) =>
    byCodeUnit(`${a.cell.scenario} ${a.cell.arch}`, `${b.cell.scenario} ${b.cell.arch}`),
  );
  const ends = cells.map(one => one.finishedAt);
  return {
    schemaVersion: 1,
    tool,
    target,
    startedAt: cells.map(one => one.startedAt).sort(byCodeUnit)[0] ?? judged[0].startedAt,
    finishedAt: ends.includes(null) ? null : (ends.sort().at(-1) ?? null),
    outcome: worst(cells.map(one => one.cell.outcome)),
    cells: cells.map(one => one.cell),
  };
}
