import { type CellVerdict, Verdict } from "../../src/model/verdict.ts";
import { type Ended, run } from "./pipeline.ts";

export interface Judged extends Ended {
  readonly cell: CellVerdict;
  /** Of the checks that decide the standing and did not pass, each once. */
  readonly codes: readonly string[];
}

/** Nobody listens there: what needs no engine must not ask for one. */
export const noEngine = { DOCKER_HOST: "unix:///nonexistent/engine.sock" };

/** The verdict on results as `judge` gives it, where there is no engine; rejects for one that is not valid. */
export async function judge(out: string): Promise<Judged> {
  const ended = await run(["judge", out, "--json"], { env: noEngine });
  const parsed = ((): Verdict => {
    try {
      return Verdict.parse(JSON.parse(ended.stdout));
    } catch (cause) {
      throw new Error(`exit code ${ended.exitCode}\n${ended.stderr}`, { cause });
    }
  })();
  const [cell] = parsed.cells;
  if (cell === undefined) throw new Error("a verdict without a cell");
  return { ...ended, cell, codes: codesOf(cell) };
}

/** Of the checks that decide the standing and did not pass. */
export const codesOf = ({ checks }: CellVerdict): string[] => [
  ...new Set(
    checks.flatMap(({ gating, outcome, reason }) => (gating && reason && outcome !== "skip" ? [reason.code] : [])),
  ),
];
