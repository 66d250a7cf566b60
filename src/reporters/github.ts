import type { CellVerdict, CheckVerdict, Verdict } from "../model/verdict.ts";
import { troubles } from "./text/counts.ts";
import { inert } from "./text/inert.ts";
import { blames, weighs } from "./text/phrases.ts";
import { excerpt, oneLine, plain } from "./text/plain.ts";

type Level = "error" | "warning";

/** GitHub shows ten annotations of a level for a step and drops the others without a word. */
const shown = 10;

/** UTF-16 units of an annotation's message. */
const messageMax = 2000;

/** The runner decodes these when it has found the command, so nothing in between can begin another one. */
const data = (text: string): string =>
  inert(plain(text)).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const command = (level: Level, title: string, message: string): string =>
  `::${level} title=${property(oneLine(title, 200))}::${data(excerpt(message, messageMax))}`;

function annotation(target: string, cell: CellVerdict, check: CheckVerdict): { level: Level; line: string } {
  const level = check.outcome === "fail" ? "error" : "warning";
  const title = `${target} ${cell.scenario} ${cell.arch}: ${check.id}`;
  const { message, code, detail } = check.reason ?? { message: check.title, code: "harness.bug", detail: "" };
  const by = check.reason ? blames[check.reason.blames] : blames.harness;
  return { level, line: command(level, title, `${message}\n${code}, blames ${by}\n${detail}`.trimEnd()) };
}

/**
 * Workflow commands that annotate a GitHub Actions run, one a line: an error for each check that makes a cell `unsupported`, a warning for
 * each that could not tell and so leaves it `inconclusive`. At most ten of each, the last of which counts the others.
 */
export function annotations(verdicts: readonly Verdict[]): string {
  const all = verdicts.flatMap(({ target, cells }) =>
    cells.flatMap(cell =>
      troubles(cell, weighs)
        .filter(weighs)
        .map(check => annotation(target, cell, check)),
    ),
  );
  return (["error", "warning"] as const)
    .flatMap(level => {
      const lines = all.filter(one => one.level === level).map(one => one.line);
      if (lines.length <= shown) return lines;
      const more = command(level, "kata-verify", `${lines.length - shown + 1} more are in the job summary`);
      return [...lines.slice(0, shown - 1), more];
    })
    .map(line => `${line}\n`)
    .join("");
}
