import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { exitCode } from "../../src/judge/exit.ts";
import { verdict } from "../../src/judge/verdict.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { check, evidence, exited, target } from "./evidence.ts";

const judged = (part: Partial<Evidence>) => {
  const seen = evidence(part);
  const one = { cell: judgeCell(seen, [check("a")]), startedAt: seen.startedAt, finishedAt: seen.finishedAt };
  return verdict(seen.cell.target.id, seen.tool, [one]);
};
const passed = judged({ steps: { a: exited("yes") } });
const failed = judged({ steps: { a: exited("no") } });
const unseen = judged({});
const nothing = judged({ stopped: [{ stage: "provision", reason: reason("catalog.not-shipped") }] });
const lax = { requireKvm: false };

describe("exit codes", () => {
  it.each([
    ["all passed", [passed], 0],
    ["one failed", [passed, failed], 1],
    ["a failure weighs more than what could not be told", [unseen, failed], 1],
    ["could not tell", [passed, unseen], 3],
    ["nothing to test", [nothing], 4],
    ["nothing at all", [], 4],
    ["something to test and something not", [nothing, passed], 0],
  ] as const)("%s", (_, verdicts, code) => {
    expect(exitCode(verdicts, lax)).toBe(code);
  });

  it("turns what passed under emulation into 3 where KVM is required", () => {
    const emulated = judged({ steps: { a: exited("yes") }, facts: { acceleration: "kvm-emulated" } });
    expect(exitCode([emulated], lax)).toBe(0);
    expect(exitCode([emulated], { requireKvm: true })).toBe(3);
    expect(exitCode([passed], { requireKvm: true })).toBe(0);
  });

  it("requires KVM of what failed for a known issue alone, and nothing of what was not to boot anything", () => {
    const known = { ...target, knownIssues: [{ check: "a", url: "https://bugs.example/1", note: "" }] };
    const part = evidence({
      ...{ steps: { a: exited("no"), b: exited("yes") }, facts: { acceleration: "kvm-emulated" } },
    });
    const cell = judgeCell({ ...part, cell: { ...part.cell, target: known } }, [check("a"), check("b")]);
    const judgedSo = verdict("debian-13", part.tool, [{ cell, startedAt: "", finishedAt: "" }]);
    expect(exitCode([judgedSo], lax)).toBe(0);
    expect(exitCode([judgedSo], { requireKvm: true })).toBe(3);
    const [cell0] = judged({ steps: { a: exited("yes") } }).cells;
    if (cell0 === undefined) throw new Error("a verdict without a cell");
    const unbooted = { ...passed, cells: [{ ...cell0, acceleration: null, tiers: { contract: "pass" } as const }] };
    expect(exitCode([unbooted], { requireKvm: true })).toBe(0);
    const unknown = { ...passed, cells: [{ ...cell0, acceleration: null, tiers: { guest: "pass" } as const }] };
    expect(exitCode([unknown], { requireKvm: true })).toBe(3);
  });

  it("does not count a known issue", () => {
    const known = { ...target, knownIssues: [{ check: "a", url: "https://bugs.example/1", note: "" }] };
    const part = evidence({ steps: { a: exited("no"), b: exited("yes") } });
    const cell = judgeCell({ ...part, cell: { ...part.cell, target: known } }, [check("a"), check("b")]);
    expect(cell.standing).toBe("unsupported");
    expect(exitCode([verdict("debian-13", part.tool, [{ cell, startedAt: "", finishedAt: "" }])], lax)).toBe(0);
  });

  it.each([
    ["a gating check", [check("a"), check("b")], 3],
    ["one that does not gate", [check("a"), { ...check("b"), gating: false }], 0],
  ] as const)("does not let a known issue hide that %s could not tell", (_, checks, code) => {
    const known = { ...target, knownIssues: [{ check: "a", url: "https://bugs.example/1", note: "" }] };
    const part = evidence({ steps: { a: exited("no") } });
    const cell = judgeCell({ ...part, cell: { ...part.cell, target: known } }, checks);
    expect(cell.standing).toBe("unsupported");
    const judged = verdict("debian-13", part.tool, [{ cell, startedAt: "", finishedAt: "" }]);
    expect(exitCode([passed, judged], lax)).toBe(code);
    expect(exitCode([failed, judged], lax)).toBe(1);
  });
});
