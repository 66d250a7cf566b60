import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { checksOf } from "../../src/judge/checks.ts";
import type { Seen } from "../../src/model/command.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import { loadResults } from "../../src/results/load.ts";

const replay = new URL("../replay/", import.meta.url).pathname;
const names = readdirSync(replay).filter(name => !name.endsWith(".md"));

/** What a step would have come to, had the kernel killed its program, or one that its shell waited for, early or half-way; or time. */
function cutShort(seen: Seen): Seen[] {
  const half = (text: string) => text.slice(0, text.length / 2);
  const soFar = [
    { ...seen, stdout: "", stderr: "" },
    { ...seen, stdout: half(seen.stdout), stderr: half(seen.stderr) },
  ];
  return soFar.flatMap(one => [
    { ...one, ending: { kind: "signalled", signal: "SIGKILL" } },
    { ...one, ending: { kind: "timedOut", afterMs: 60_000 } },
    ...(seen.argv[0] === "sh"
      ? ([
          { ...one, stderr: `${one.stderr}\nKilled\n`, ending: { kind: "exited", code: 137 } },
          { ...one, stderr: `${one.stderr}\nKilled\n` },
        ] as const)
      : []),
  ]);
}

const checksIn = (evidence: Evidence) => judgeCell(evidence, checksOf(evidence.cell.scenario)).checks;

describe.each(names)("the run recorded as %s", name => {
  it("proves nothing else by what a program did not come to say", async () => {
    const [loaded] = await loadResults(join(replay, name));
    const [cell] = loaded?.cells ?? [];
    if (!cell) throw new Error(`${name} holds no cell`);
    const { evidence } = cell;
    const before = checksIn(evidence);
    const accused = Object.entries(evidence.steps)
      // A guest that does not end in time is one that hangs, where time proves anything.
      .filter(([step]) => step !== "guest.vmm")
      .flatMap(([step, seen]) =>
        cutShort(seen).flatMap(one => {
          const after = checksIn({ ...evidence, steps: { ...evidence.steps, [step]: one } });
          const how = `${step} (${JSON.stringify(one.ending)}, ${one.stdout.length} bytes)`;
          return after
            .filter(({ outcome }, at) => outcome !== "error" && outcome !== before[at]?.outcome)
            .map(({ id, outcome, reason }) => `${how}: ${outcome} ${id} ${reason?.code}`);
        }),
      );
    expect(accused).toEqual([]);
  }, 300_000);
});
