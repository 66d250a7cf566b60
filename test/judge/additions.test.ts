import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { containerd } from "../../src/kata/checks/containerd.ts";
import { error } from "../../src/model/check.ts";
import type { Addition, Component, Evidence } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { check, evidence, exited, wholeScenario } from "./evidence.ts";

const added = (name: Addition["name"], version: string): Addition => ({
  ...{ name, version, sha256: "aa", vouched: "the SHA-256 of asset that kata-verify pins" },
  programs: [{ path: `/opt/kata-verify/bin/${name}`, sha256: "bb" }],
});
const both = [added("containerd", "2.3.4"), added("runc", "1.4.3")];

const seen = (additions: readonly Addition[], part: Partial<Evidence> = {}): Evidence => {
  const facts = { acceleration: "kvm" as const, additions: [...additions], ...part.facts };
  const request = { ...evidence().request, tier: "kata" as const };
  const steps = { contract: exited("yes"), guest: exited("yes"), kata: exited("yes"), ...part.steps };
  const cell = { ...evidence().cell, scenario: wholeScenario };
  return evidence({ cell, request, ...part, facts, steps });
};
const all = (["contract", "guest", "kata"] as const).map(tier => check(tier, { tier }));

describe("what the harness added", () => {
  it("is listed as that, with its digest and what vouches for it", () => {
    const cell = judgeCell(seen(both), all);
    expect(cell.additions).toEqual(both);
    expect(cell.notes).toContain(
      "Added by the harness, not under test: runc 1.4.3, SHA-256 aa: vouched for by the SHA-256 of asset that kata-verify pins",
    );
    expect(cell.components.containerd).toEqual({
      ...{ name: "containerd", version: "2.3.4", path: "/opt/kata-verify/bin/containerd", sha256: "bb", package: null },
    });
  });

  it("keeps a cell from being supported", () => {
    expect(judgeCell(seen([]), all).standing).toBe("supported");
    expect(judgeCell(seen(both), all)).toMatchObject({
      standing: "provisional",
      because: expect.stringMatching(/containerd 2\.3\.4 and runc 1\.4\.3 are not the distro's/),
    });
    expect(judgeCell(seen(both.slice(1)), all).because).toMatch(/but runc 1\.4\.3 is not the distro's/);
  });

  it("is nothing that the distro is blamed for", () => {
    const hangs = check("kata", { tier: "kata", judge: () => error("containerd.not-answering", "Nobody answered") });
    const reasonOf = (additions: readonly Addition[]) => judgeCell(seen(additions), [hangs]).checks[0]?.reason;
    expect(reasonOf(both)).toMatchObject({ code: "control.failed", message: expect.stringContaining("2.3.4") });
    expect(reasonOf(both)?.blames).toBe("runner");
    expect(reasonOf(both.slice(1))?.code).toBe("containerd.not-answering");
  });

  it("is not taken for the distro's own", () => {
    const own: Component = {
      name: "containerd",
      version: "1",
      path: "/usr/bin/containerd",
      sha256: null,
      package: null,
    };
    const clientless = { facts: { components: { containerd: own } }, steps: containerd.examples.pass.steps ?? {} };
    const why = { code: "containerd.not-packaged" as const, detail: "The harness added containerd 2.3.4" };
    const [judged] = judgeCell(seen(both, clientless), [containerd]).checks;
    expect(judged).toMatchObject({ outcome: "error", gating: false, reason: why });
    const stop = { stage: "install", tier: "kata", steps: "provenance.owner-containerd" } as const;
    const stopped = [{ ...stop, reason: reason("containerd.not-packaged") }];
    const [absent, other] = judgeCell(seen(both, { stopped }), [containerd, check("b", { tier: "kata" })]).checks;
    expect(absent?.reason?.code).toBe("containerd.not-packaged");
    expect(other?.reason?.code).toBe("harness.not-observed");
  });
});
