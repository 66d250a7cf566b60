import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { judgeCell } from "../src/judge/cell.ts";
import { checksOf } from "../src/judge/checks.ts";
import { verdict } from "../src/judge/verdict.ts";
import type { PlannedCell } from "../src/model/cell.ts";
import type { Check } from "../src/model/check.ts";
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
  readonly ms: { readonly plan: number; readonly judge: number; readonly render: number };
}

/** Plans cells made like the first one, judges each on evidence of its own, and renders a target's cells together. */
function through(
  count: number,
  checks: readonly Check[],
  [first, ...others]: readonly [Evidence, ...Evidence[]],
): Done {
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
  const how = { testbed: "auto", requireKvm: false, kata: { source: "release" }, workloads: "gating" } as const;
  const runner = { kvm: "absent", vhostVsock: false, virtualized: true, nested: false } as const;
  const cells = measured("plan", () => planCells({ targets, scenarios }, { ...request, ...how }, runner));
  const all = [first, ...others];
  const counted = { checks: 0, bytes: 0 };
  for (let at = 0; at < cells.length; at += scenariosEach) {
    const own = cells.slice(at, at + scenariosEach).map((cell: PlannedCell, offset): Evidence => {
      const evidence = all[(at / scenariosEach + offset) % all.length] ?? first;
      return { ...structuredClone(evidence), cell: { target: cell.target, scenario: cell.scenario, arch: cell.arch } };
    });
    const judged = measured("judge", () => {
      const [one, ...rest] = own.map(evidence => {
        const { startedAt, finishedAt } = evidence;
        return { cell: judgeCell(evidence, checks), startedAt, finishedAt };
      });
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

const secondsOf = ({ ms }: Done): number => (ms.plan + ms.judge + ms.render) / 1000;

function told(done: Done): string {
  const { cells, checks, bytes, ms } = done;
  const each = `${(checks / cells).toFixed(0)} checks and ${(bytes / cells / 1000).toFixed(0)} kB of reports a cell`;
  const parts = Object.entries(ms).map(([name, took]) => `${name} ${(took / cells).toFixed(2)}`);
  return `${each}; ms a cell: ${parts.join(", ")}`;
}

function recorded(root: string): [Evidence, ...Evidence[]] {
  const folder = join(root, "test", "replay");
  const [first, ...others] = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(name => basename(name) === "evidence.json")
    .sort()
    .map(name => Evidence.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))))
    .filter(one => one.request.tier === "guest");
  if (!first) throw new Error(`${folder} has no recorded evidence of a guest`);
  return [first, ...others];
}

/** Ten variants of evidence made of the checks' own examples; another tenth of the checks is rejected in each. */
function synthesized(like: Evidence, checks: readonly Check[]): [Evidence, ...Evidence[]] {
  const variant = (broken: number) => syntheticEvidence(like, checks, broken);
  return [variant(0), ...Array.from({ length: 9 }, (_, at) => variant(at + 1))];
}

/**
 * Plans, judges and renders ten thousand synthetic cells with the checks of the guest tier; the least of three times counts, as whatever
 * else the machine does only adds to it. Then fewer of what a whole scenario's cells are, of synthetic and of recorded evidence, to say
 * what ten thousand would take: nearly all of it goes by the number of checks.
 */
export function synthetic(root: string): void {
  const real = recorded(root);
  const [like] = real;
  const all = checksOf(like.cell.scenario);
  const guest = all.filter(check => check.tier === "guest");
  const evidences = synthesized(like, guest);
  const runs = Array.from({ length: 3 }, () => through(10_000, guest, evidences));
  const done = runs.reduce((a, b) => (secondsOf(b) < secondsOf(a) ? b : a));
  const memory = process.resourceUsage().maxRSS / 1024;
  const mark = secondsOf(done) < 3 && memory < 300 ? "ok  " : "OVER";
  const each = runs.map(run => secondsOf(run).toFixed(2)).join(", ");
  const figures = `${secondsOf(done).toFixed(2)} s (less than 3; ${each}), ${memory.toFixed(0)} MB (less than 300)`;
  console.log(`${mark} plan, judge, render ${done.cells} cells: ${figures}; ${told(done)}`);
  for (const [what, whole] of [
    ["whole cells, synthetic", through(1000, all, synthesized(like, all))],
    ["whole cells, recorded", through(1000, all, real)],
  ] as const) {
    const tenThousand = (secondsOf(whole) / whole.cells) * 10_000;
    console.log(`     ${what}: 10000 would take ${tenThousand.toFixed(1)} s; ${told(whole)}`);
  }
}
