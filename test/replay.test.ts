import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { judgeTarget } from "../src/commands/judge.ts";
import { judgeCell } from "../src/judge/cell.ts";
import { checksOf } from "../src/judge/checks.ts";
import { fold } from "../src/judge/fold.ts";
import { Evidence, JournalLine } from "../src/model/evidence.ts";
import { reports } from "../src/reporters/index.ts";
import { readJournal } from "../src/results/journal-read.ts";
import { loadResults } from "../src/results/load.ts";

/** Each folder is what a real run left for its target, logs aside: evidence from real packages, real boots. */
const folder = new URL("./replay/", import.meta.url).pathname;
const names = readdirSync(folder).filter(name => !name.endsWith(".md"));

it("has recorded runs", () => {
  expect(names.length).toBeGreaterThanOrEqual(5);
});

/** As a version wrote it whose catalog had other keys than ours, and not yet those that got a default. */
function ofAnotherVersion({ target, ...cell }: Evidence["cell"]): unknown {
  const { maintainers, knownIssues, ...rest } = target;
  expect([maintainers, knownIssues]).toEqual([[], []]);
  return {
    ...cell,
    scenario: { ...cell.scenario, theirs: true },
    target: {
      ...rest,
      theirs: "red",
      image: { ...rest.image, theirs: true },
      packages: { ...rest.packages, theirs: [], vmm: { ...rest.packages.vmm, "their-vmm": { amd64: ["theirs"] } } },
      sources: rest.sources.map(source => ({ ...source, theirs: "2040-01-01" })),
    },
  };
}

describe.each(names)("the run recorded as %s", name => {
  it("is judged today as it was then, byte for byte", async () => {
    const [loaded] = await loadResults(join(folder, name));
    if (!loaded) throw new Error(`${name} holds no target`);
    expect(loaded.cells.every(cell => !cell.torn && cell.journal && cell.differs === "")).toBe(true);
    const judged = judgeTarget(loaded.target, loaded.cells);
    for (const { file, render } of Object.values(reports))
      expect(render(judged), file).toBe(readFileSync(join(folder, name, file), "utf8"));
  });

  it("is judged the same where the catalog was another version's", async () => {
    const [loaded] = await loadResults(join(folder, name));
    if (!loaded || loaded.cells.length > 1) throw new Error(`${name} does not hold one cell`);
    const [one] = loaded.cells;
    const { lines } = readJournal(readFileSync(join(one.folder, "journal.ndjson"), "utf8"));
    const cell = ofAnotherVersion(one.evidence.cell);
    const theirs = lines.map(({ event, ...line }) => ({
      ...line,
      event: "cell" in event ? { ...event, cell } : event,
    }));
    const evidence = fold(z.array(JournalLine).parse(theirs));
    expect(evidence).toEqual(Evidence.parse({ ...one.evidence, cell }));
    expect(evidence.cell.target).toMatchObject({ theirs: "red", image: { theirs: true }, knownIssues: [] });
    const { file, render } = reports["verdict-json"];
    const judged = judgeTarget(loaded.target, [{ ...one, evidence }]);
    expect(render(judged)).toBe(readFileSync(join(folder, name, file), "utf8"));
  });

  it("says of every check the same or that it cannot tell, when it is cut off anywhere", async () => {
    const [loaded] = await loadResults(join(folder, name));
    const [cell] = loaded?.cells ?? [];
    if (!cell) throw new Error(`${name} holds no cell`);
    const { lines } = readJournal(readFileSync(join(cell.folder, "journal.ndjson"), "utf8"));
    const outcomes = (part: typeof lines) => {
      const evidence = fold(part);
      const { checks } = judgeCell(evidence, checksOf(evidence.cell.scenario));
      return checks.map(({ id, outcome }) => ({ id, outcome }));
    };
    const whole = outcomes(lines);
    for (let kept = 1; kept < lines.length; kept += 1)
      for (const [at, { id, outcome }] of outcomes(lines.slice(0, kept)).entries()) {
        expect(id).toBe(whole[at]?.id);
        if (outcome !== "error") expect(outcome, `${id} after ${kept} lines`).toBe(whole[at]?.outcome);
      }
  });
});
