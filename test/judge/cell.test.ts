import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { error, fail } from "../../src/model/check.ts";
import type { KataBinaries } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { WorkloadId } from "../../src/model/words.ts";
import { blamesRunner, check, evidence, exited, scenario, target } from "./evidence.ts";

const steps = (said: Record<string, string>) =>
  Object.fromEntries(Object.entries(said).map(([id, text]) => [id, exited(text)]));

describe("the verdict of a cell", () => {
  it("never passes when nothing was observed", () => {
    const cell = judgeCell(evidence(), [check("a")]);
    expect(cell).toMatchObject({
      outcome: "error",
      standing: "inconclusive",
      tiers: { contract: "error", guest: "error" },
    });
    expect(cell.checks[0]?.reason?.code).toBe("harness.not-observed");
  });

  it("never passes when there is nothing to check", () => {
    expect(judgeCell(evidence(), []).standing).toBe("inconclusive");
  });

  it("does not let an error hide a proven failure", () => {
    const cell = judgeCell(evidence({ steps: steps({ a: "no" }) }), [check("a"), check("b")]);
    expect(cell).toMatchObject({ outcome: "fail", standing: "unsupported", because: expect.stringContaining("a:") });
  });

  it("lets checks that do not gate annotate only", () => {
    const cell = judgeCell(evidence({ steps: steps({ a: "yes", b: "no" }) }), [
      check("a"),
      check("b", { gating: false }),
    ]);
    expect(cell).toMatchObject({ outcome: "pass", standing: "provisional" });
    expect(cell.checks[1]?.outcome).toBe("fail");
  });

  it("finds nothing missing in what is not kept whole", () => {
    const long = { a: `no\n[… 4711 bytes left out …]\nno` };
    const [one] = judgeCell(evidence({ steps: steps(long) }), [check("a", { tier: "contract" })]).checks;
    expect(one).toMatchObject({ outcome: "error", reason: { code: "harness.output-unreadable" } });
  });

  it("turns a fail that blames no product into an error", () => {
    const wrong = check("a", { judge: () => fail("infra.slow") });
    expect(judgeCell(evidence({ steps: steps({ a: "no" }) }), [wrong]).standing).toBe("inconclusive");
    expect(judgeCell(evidence({ steps: steps({ b: "no" }) }), [blamesRunner("b")]).standing).toBe("inconclusive");
  });

  it("says what stopped the run where a step is missing", () => {
    const stopped = [{ stage: "install" as const, reason: reason("infra.mirror-down") }];
    expect(judgeCell(evidence({ stopped }), [check("a")]).checks[0]?.reason?.code).toBe("infra.mirror-down");
  });

  it("says so too where a check lacks what it does not name among its needs", () => {
    const unable = check("a", { needs: [], judge: () => error("harness.not-observed", "not looked up") });
    const codeOf = (part: Parameters<typeof evidence>[0]) =>
      judgeCell(evidence(part), [unable]).checks[0]?.reason?.code;
    const stopped = [{ stage: "exercise" as const, reason: reason("infra.engine-gone") }];
    expect(codeOf({ stopped })).toBe("infra.engine-gone");
    expect(codeOf({ finishedAt: null })).toBe("infra.interrupted");
    expect(codeOf({})).toBe("harness.not-observed");
  });

  it("does not blame a stop of one tier for another tier's steps", () => {
    const stopped = [{ stage: "exercise" as const, tier: "contract" as const, reason: reason("infra.engine-gone") }];
    expect(judgeCell(evidence({ stopped }), [check("a")]).checks[0]?.reason?.code).toBe("harness.not-observed");
  });

  it("calls a journal without an end interrupted", () => {
    const cell = judgeCell(evidence({ finishedAt: null }), [check("a")]);
    expect(cell.checks[0]?.reason?.code).toBe("infra.interrupted");
    expect(cell.notes.join()).toContain("did not end by itself");
  });

  it("says which Kata it was, and what vouches for it", () => {
    const kata: KataBinaries = {
      ...({ source: "release", runtime: "rust", version: "4.0.0", digest: "d" } as const),
      ...{
        vouched: "the SHA-256 that its page states",
        shim: "/opt/kata/shim",
        config: "/opt/kata/configuration.toml",
      },
    };
    expect(judgeCell(evidence({ facts: { kata } }), [check("a")]).notes).toContain(
      "Kata 4.0.0, runtime rust: vouched for by the SHA-256 that its page states",
    );
  });

  it("counts the time of a step once, for the first check that rests on it, and its own by the clock", () => {
    const seen = evidence({ steps: steps({ a: "yes", b: "yes" }) });
    const shared = check("b", { needs: ["a", "b"] });
    const cell = judgeCell(seen, [check("a"), shared, check("again", { needs: ["a"] })]);
    expect(cell.checks.map(one => one.durationMs)).toEqual([10, 10, 0]);
    expect(cell.durationMs).toBe(60_000);
    expect(judgeCell({ ...seen, finishedAt: null }, [shared]).durationMs).toBeNull();
    expect(judgeCell({ ...seen, finishedAt: "2026-11-22T09:59:00.000Z" }, [shared]).durationMs).toBe(0);
  });

  it.each(["kvm", "kvm-nested"] as const)(
    "is supported where every gating check of all tiers passed on %s",
    acceleration => {
      const all = (["contract", "guest", "kata"] as const).map(tier => check(tier, { tier }));
      const request = { ...evidence().request, tier: "kata" } as const;
      const cellOf = { ...evidence().cell, scenario: { ...scenario, workloads: [...WorkloadId.options] } };
      const passed = steps({ contract: "yes", guest: "yes", kata: "yes" });
      const cell = judgeCell(evidence({ cell: cellOf, request, facts: { acceleration }, steps: passed }), all);
      expect(cell).toMatchObject({
        outcome: "pass",
        standing: "supported",
        because: expect.stringContaining("under KVM"),
      });
      const unknown = judgeCell(evidence({ cell: cellOf, request, facts: {}, steps: passed }), all);
      expect(unknown).toMatchObject({ outcome: "pass", standing: "provisional" });
      expect(unknown.because).toContain("what ran the guest was not seen");
    },
  );

  it("is provisional under emulation, and says so", () => {
    for (const acceleration of ["tcg", "kvm-emulated"] as const) {
      const cell = judgeCell(evidence({ facts: { acceleration }, steps: steps({ a: "yes" }) }), [check("a")]);
      expect(cell.standing).toBe("provisional");
      expect(cell.because).toMatch(/emulated/);
    }
  });

  it("is not supported where nobody saw what ran the guest", () => {
    const cell = judgeCell(evidence({ facts: { offered: "kvm" }, steps: steps({ a: "yes" }) }), [check("a")]);
    expect(cell).toMatchObject({ standing: "provisional", acceleration: null });
    expect(cell.because).toContain("what ran the guest was not seen");
  });

  it("is provisional for a candidate package", () => {
    const component = {
      name: "qemu",
      version: "11",
      path: "/q",
      sha256: null,
      package: { name: "q", version: "1", arch: "amd64", repository: null, candidate: true },
    };
    const facts = { acceleration: "kvm" as const, components: { vmm: component } };
    const cell = judgeCell(evidence({ facts, steps: steps({ a: "yes" }) }), [check("a")]);
    expect(cell.because).toContain("candidate");
    expect(cell.candidates).toEqual(["q"]);
  });

  it("names every candidate, also what no part is of, and has no such list without", () => {
    const shipped = { name: "a", version: "1", arch: "all", repository: { name: "Debian trixie/main", own: true } };
    const seabios = { name: "seabios", version: "2", arch: "all", repository: null, candidate: true };
    const of = (packages: readonly (typeof shipped | typeof seabios)[]) =>
      judgeCell(evidence({ facts: { packages: [...packages] }, steps: steps({ a: "yes" }) }), [check("a")]);
    expect(of([shipped, seabios]).candidates).toEqual(["seabios"]);
    expect(of([shipped])).not.toHaveProperty("candidates");
  });

  it("keeps the outcome of a known issue and reports one that passes", () => {
    const known = { ...target, knownIssues: [{ check: "a", url: "https://bugs.example/1", note: "known" }] };
    const cell = (said: string) => {
      const seen = evidence({ steps: steps({ a: said }) });
      return judgeCell({ ...seen, cell: { ...seen.cell, target: known } }, [check("a")]);
    };
    expect(cell("no").checks[0]).toMatchObject({ outcome: "fail", knownIssue: "https://bugs.example/1" });
    expect(cell("yes").notes.join()).toContain("remove https://bugs.example/1");
  });

  it("leaves out the tiers that were not asked for", () => {
    const seen = evidence({ steps: steps({ c: "yes" }) });
    const cell = judgeCell({ ...seen, request: { ...seen.request, tier: "contract" } }, [
      check("c", { tier: "contract" }),
      check("a"),
    ]);
    expect(cell.checks.map(one => one.id)).toEqual(["c"]);
    expect(cell.tiers).toEqual({ contract: "pass" });
  });

  it("is not applicable where the catalog says that nothing is shipped", () => {
    const stopped = [{ stage: "provision" as const, reason: reason("catalog.not-shipped", "does not ship qemu") }];
    expect(judgeCell(evidence({ stopped }), [check("a")])).toMatchObject({
      outcome: "skip",
      standing: "not-applicable",
      because: "does not ship qemu",
      testbed: null,
      checks: [],
    });
  });

  it("survives a check that throws", () => {
    const broken = check("a", {
      judge: () => {
        throw new Error("oops");
      },
    });
    expect(judgeCell(evidence({ steps: steps({ a: "" }) }), [broken]).checks[0]?.reason?.code).toBe("harness.bug");
  });
});
