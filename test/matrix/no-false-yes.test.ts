import fc from "fast-check";
import { expect, it } from "vitest";
import type { Run } from "../../src/matrix/run.ts";
import { Witness } from "../../src/model/matrix.ts";
import type { CellVerdict } from "../../src/model/verdict.ts";
import { Acceleration, TestbedKind, Tier } from "../../src/model/words.ts";
import { checkVerdict, notPassed } from "../reporters/verdicts.ts";
import { folded, kataKernel, lacking, ownKata, part, parts, passing, run, scenario, target } from "./seen.ts";

const tierOutcome = fc.constantFrom("pass", "fail", "error", "skip", undefined);

const check = fc
  .record({
    tier: fc.constantFrom(...Tier.options),
    outcome: fc.constantFrom("pass", "fail", "error", "skip"),
    gating: fc.boolean(),
  })
  .map(({ tier, outcome, gating }) =>
    outcome === "pass"
      ? { ...checkVerdict(`${tier}.a`), tier, gating }
      : { ...notPassed(outcome as "fail", `${tier}.a`, "infra.slow"), tier, gating },
  );

const component = fc.constantFrom(
  ...[undefined, parts.vmm, part("qemu", "1:10.0.14-1"), part("qemu", "1:11.0-1"), part("qemu", "1:10.0.13-1", false)],
);

/** Verdicts as they are, and as nobody would write them who means well. */
const cell: fc.Arbitrary<CellVerdict> = fc
  .record({
    standing: fc.constantFrom("supported", "provisional", "unsupported", "inconclusive", "not-applicable"),
    acceleration: fc.constantFrom(...Acceleration.options, null),
    testbed: fc.constantFrom(...TestbedKind.options, null),
    tiers: fc.record({ contract: tierOutcome, guest: tierOutcome, kata: tierOutcome }),
    vmm: component,
    hostKernel: fc.constantFrom(undefined, parts.hostKernel),
    checks: fc.oneof(fc.constant(passing().checks), fc.array(check, { maxLength: 4 })),
    scenario: fc.constantFrom(scenario.id, kataKernel.id, ownKata.id),
    wellMeant: fc.boolean(),
  })
  .map(({ wellMeant, vmm, hostKernel, tiers, ...own }) => {
    const kept = Object.fromEntries(Object.entries(tiers).filter(([, outcome]) => outcome !== undefined));
    const components = {
      ...lacking("vmm", "hostKernel"),
      ...(vmm || wellMeant ? { vmm: vmm ?? parts.vmm } : {}),
      ...(hostKernel ? { hostKernel } : {}),
    };
    return wellMeant
      ? passing({ acceleration: own.acceleration, scenario: own.scenario, components })
      : (passing({ ...own, tiers: kept, components } as Partial<CellVerdict>) as CellVerdict);
  });

const history = fc.array(
  fc
    .record({
      cell,
      witness: fc.constantFrom(...Witness.options),
      day: fc.integer({ min: 1, max: 28 }),
      month: fc.constantFrom("04", "06", "09", "11", "12"),
    })
    .map(made => run(`2026-${made.month}-${String(made.day).padStart(2, "0")}`, made.cell, made.witness)),
  { maxLength: 8 },
);

/** Said without a word of the code under test: what any yes must have behind it. */
function proves({ acceleration, witness, testbed, passed, failed, standing, parts: seen, at }: Run): boolean {
  return (
    (acceleration === "kvm" || acceleration === "kvm-nested") &&
    witness === "runners" &&
    testbed !== "local" &&
    standing === "supported" &&
    passed.includes("contract") &&
    passed.includes("kata") &&
    failed.length === 0 &&
    seen.vmm?.shipped === true &&
    at <= "2026-11-24"
  );
}

it("no sequence of inputs turns no evidence, an error or tcg into yes", () => {
  const catalog = { targets: [target], scenarios: [scenario, kataKernel, ownKata] };
  const yeses = { count: 0 };
  fc.assert(
    fc.property(history, runs => {
      for (const { square, run: decides } of folded(runs, { catalog })) {
        const all = [
          square.answer,
          ...Object.values(square.columns).map(claim => (claim as { answer: string }).answer),
        ];
        if (!all.includes("yes")) continue;
        yeses.count += 1;
        const behind = runs.filter(one => one.scenario === square.scenario && proves(one));
        expect(behind).toContainEqual(decides);
        expect(square.answer).toBe("yes");
        expect(square.expires !== null && square.expires >= "2026-11-22").toBe(true);
      }
    }),
    { numRuns: 3000, seed: 20261122 },
  );
  // A property that never meets a yes would hold of anything.
  expect(yeses.count).toBeGreaterThan(50);
});

it("adding what could not tell to any sequence makes nothing better", () => {
  const order = ["yes", "provisional", "unknown", "no", "stale", "not-applicable"];
  fc.assert(
    fc.property(history, cell, (runs, other) => {
      const error = run("2026-11-20", { ...other, standing: "inconclusive", scenario: scenario.id });
      const [before] = folded(runs);
      const [after] = folded([...runs, error]);
      const rank = (one: typeof before): number => order.indexOf(one?.square.answer ?? "unknown");
      if (after?.square.answer === "yes") expect(before?.square.answer).toBe("yes");
      if (rank(after) < 2) expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
    }),
    { numRuns: 1000, seed: 5 },
  );
});
