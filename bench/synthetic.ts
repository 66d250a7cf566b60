import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { judgeCell } from "../src/judge/cell.ts";
import { checksOf } from "../src/judge/checks.ts";
import { verdict } from "../src/judge/verdict.ts";
import type { PlannedCell } from "../src/model/cell.ts";
import { Evidence } from "../src/model/evidence.ts";
import { planCells } from "../src/plan/cells.ts";
import { reports } from "../src/reporters/index.ts";
import { syntheticEvidence } from "./synthetic-evidence.ts";

const scenariosEach = 10;

/** What was done, and in how many milliseconds. */
interface Done {
  readonly cells: number;
  readonly checks: number;
  readonly bytes: number;
  readonly ms: { plan: number; judge: number; render: number };
}

/** Plans cells made like one, judges each on evidence of its own, and renders a target's cells together. */
function through(count: number, evidences: readonly [Evidence, ...Evidence[]]): Done {
  const [first] = evidences;
  const { target, scenario } = first.cell;
  const targets = Array.from({ length: count / scenariosEach }, (_, at) => ({ ...target, id: `target-${at}` }));
  const scenarios = Array.from({ length: scenariosEach }, (_, at) => ({ ...scenario, id: `scenario-${at}` }));
  const ms = { plan: 0, judge: 0, render: 0 };
  const measured = <T>(what: keyof typeof ms, work: () => T): T => {
    const begin = performance.now();
    const done = work();
    ms[what] += performance.now() - begin;
    return done;
  };
  const request = { targets: [], scenarios: scenarios.map(one => one.id), arch: "amd64", tier: "guest" } as const;
  const runner = { kvm: "absent", vhostVsock: false, virtualized: true } as const;
  const cells = measured("plan", () =>
    planCells({ targets, scenarios }, { ...request, testbed: "auto", requireKvm: false }, runner),
  );
  const counted = { checks: 0, bytes: 0 };
  for (let at = 0; at < cells.length; at += scenariosEach) {
    const own = cells.slice(at, at + scenariosEach).map((cell: PlannedCell, offset): Evidence => {
      const evidence = evidences[(at / scenariosEach + offset) % evidences.length] ?? first;
      return { ...structuredClone(evidence), cell: { target: cell.target, scenario: cell.scenario, arch: cell.arch } };
    });
    const judged = measured("judge", () => {
      const [one, ...rest] = own.map(({ cell, startedAt, finishedAt, ...evidence }) => ({
        cell: judgeCell({ ...evidence, cell, startedAt, finishedAt }, checksOf(cell.scenario)),
        startedAt,
        finishedAt,
      }));
      return one && verdict(cells[at]?.target.id ?? "", first.tool, [one, ...rest]);
    });
    if (judged === undefined) continue;
    counted.checks += judged.cells.reduce((sum, cell) => sum + cell.checks.length, 0);
    counted.bytes += measured("render", () =>
      Object.values(reports).reduce((sum, { render }) => sum + Buffer.byteLength(render(judged)), 0),
    );
  }
  return { cells: cells.length, ...counted, ms };
}

function told({ cells, checks, bytes, ms }: Done): string {
  const each = `${(checks / cells).toFixed(0)} checks and ${(bytes / cells / 1000).toFixed(0)} kB of reports a cell`;
  const parts = Object.entries(ms).map(([name, took]) => `${name} ${(took / 1000).toFixed(2)} s`);
  return `${each}; ${parts.join(", ")}`;
}

/**
 * Plans, judges and renders ten thousand cells whose evidence is made of the checks' own examples, each tenth of which is rejected. Then
 * cells with the evidence of recorded runs, with all that a distro's programs print: those have no target figure.
 */
export function synthetic(root: string): void {
  const folder = join(root, "test", "replay");
  const recorded = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(name => basename(name) === "evidence.json")
    .sort()
    .map(name => Evidence.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))));
  const [first, ...others] = recorded.filter(one => one.request.tier === "guest");
  if (!first) throw new Error(`${folder} has no recorded evidence of a guest`);
  const made = Array.from({ length: 10 }, (_, at) => syntheticEvidence(first, checksOf(first.cell.scenario), at));
  const done = through(10_000, [made[0] ?? first, ...made.slice(1)]);
  const took = (done.ms.plan + done.ms.judge + done.ms.render) / 1000;
  const memory = process.resourceUsage().maxRSS / 1024;
  const mark = took < 3 && memory < 300 ? "ok  " : "OVER";
  const figures = `${took.toFixed(2)} s (less than 3), ${memory.toFixed(0)} MB (less than 300)`;
  console.log(`${mark} plan, judge, render ${done.cells} cells: ${figures}; ${told(done)}`);
  const real = through(200, [first, ...others]);
  const each = (real.ms.plan + real.ms.judge + real.ms.render) / real.cells;
  console.log(`     recorded cells: ${each.toFixed(2)} ms each; ${told(real)}`);
}
