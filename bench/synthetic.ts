import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCell } from "../src/judge/cell.ts";
import { checksOf } from "../src/judge/checks.ts";
import { verdict } from "../src/judge/verdict.ts";
import { Evidence } from "../src/model/evidence.ts";
import { planCells } from "../src/plan/cells.ts";
import { reports } from "../src/reporters/index.ts";

const cellsWanted = 10_000;
const scenariosEach = 10;

/** Plans, judges and renders ten thousand cells made of recorded evidence. */
export function synthetic(root: string): void {
  const folder = join(root, "test", "replay");
  const recorded = readdirSync(folder).map(name =>
    Evidence.parse(JSON.parse(readFileSync(join(folder, name, "evidence.json"), "utf8"))),
  );
  const [first] = recorded;
  if (!first) throw new Error(`${folder} has no recorded evidence`);
  const targets = Array.from({ length: cellsWanted / scenariosEach }, (_, at) => ({
    ...first.cell.target,
    id: `target-${at}`,
  }));
  const scenarios = Array.from({ length: scenariosEach }, (_, at) => ({
    ...first.cell.scenario,
    id: `scenario-${at}`,
  }));
  const begin = performance.now();
  const cells = planCells(
    { targets, scenarios },
    {
      targets: [],
      scenarios: scenarios.map(one => one.id),
      arch: "amd64",
      tier: "guest",
      testbed: "auto",
      requireKvm: false,
      kata: { source: "release" },
      workloads: "gating",
    },
    { kvm: "absent", vhostVsock: false, virtualized: true },
  );
  let characters = 0;
  for (let at = 0; at < cells.length; at += scenariosEach) {
    const judged = cells.slice(at, at + scenariosEach).map((cell, offset) => {
      const evidence = recorded[(at + offset) % recorded.length] ?? first;
      const own = { ...evidence, cell: { target: cell.target, scenario: cell.scenario, arch: cell.arch } };
      const { startedAt, finishedAt } = own;
      return { cell: judgeCell(own, checksOf(cell.scenario)), startedAt, finishedAt };
    });
    const [one, ...rest] = judged;
    if (!one) continue;
    const whole = verdict(cells[at]?.target.id ?? "", first.tool, [one, ...rest]);
    for (const { render } of Object.values(reports)) characters += render(whole).length;
  }
  const took = (performance.now() - begin) / 1000;
  const { maxRSS } = process.resourceUsage();
  const mark = took < 3 && maxRSS < 300 * 1024 ? "ok  " : "OVER";
  const figures = `${took.toFixed(2)} s (less than 3), ${(maxRSS / 1024).toFixed(0)} MB (less than 300), ${(characters / 1e6).toFixed(0)} million characters`;
  console.log(`${mark} plan, judge, render ${cells.length} cells: ${figures}`);
}
