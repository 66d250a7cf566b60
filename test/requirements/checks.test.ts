import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import type { Check, EvidencePart } from "../../src/model/check.ts";
import { contractChecks } from "../../src/requirements/index.ts";
import { evidence } from "../judge/evidence.ts";

const folder = new URL("../../src/requirements/checks/", import.meta.url);

/** On the architecture of which the check asks something. */
function outcomes(check: Check, { facts = {}, steps = {}, stopped = [] }: EvidencePart): string[] {
  const base = evidence({ facts, steps, stopped });
  return (["amd64", "arm64"] as const)
    .map(arch => judgeCheck(check, { ...base, cell: { ...base.cell, arch } }))
    .filter(({ reason }) => reason?.code !== "catalog.other-arch")
    .map(({ outcome }) => outcome);
}

describe.each(contractChecks.map(check => [check.id, check] as const))("%s", (_, check) => {
  it("accepts its example", () => {
    expect(outcomes(check, check.examples.pass)).toContain("pass");
  });

  it("rejects its other example", () => {
    const found = outcomes(check, check.examples.fail);
    expect(found.length).toBeGreaterThan(0);
    for (const outcome of found) expect(["fail", "error"]).toContain(outcome);
  });

  it("reads what it needs", () => {
    const read = Object.values(check.examples).flatMap(example => {
      const steps = new Set<string>();
      const watched = new Proxy(example.steps ?? {}, {
        get: (all, step) => {
          steps.add(String(step));
          return Reflect.get(all, step);
        },
      });
      const base = evidence({ facts: example.facts ?? {}, steps: watched, stopped: example.stopped ?? [] });
      for (const arch of ["amd64", "arm64"] as const) check.judge({ ...base, cell: { ...base.cell, arch } });
      return [...steps];
    });
    expect(check.needs.filter(step => !read.includes(step))).toEqual([]);
  });

  it("passes nothing that was not observed", () => {
    expect(outcomes(check, {})).not.toContain("pass");
  });

  it("passes nothing that a program which said nothing and failed has shown", () => {
    const { facts = {}, steps = {} } = check.examples.pass;
    for (const code of [1, 127]) {
      const silent = { argv: [], ending: { kind: "exited" as const, code }, stdout: "", stderr: "", durationMs: 1 };
      const all = Object.fromEntries(Object.keys(steps).map(id => [id, silent]));
      expect(outcomes(check, { steps: all })).not.toContain("pass");
      expect(outcomes(check, { facts, steps: all })).not.toContain("pass");
    }
  });
});

describe("the contract", () => {
  it("has no two checks of one id, all of its own tier", () => {
    expect(new Set(contractChecks.map(({ id }) => id)).size).toBe(contractChecks.length);
    for (const { id, tier } of contractChecks)
      expect([id, tier]).toEqual([expect.stringMatching(/^contract\.[a-z0-9]+\.[a-z0-9-]+$/), "contract"]);
  });

  it("has every check that is in the folder", async () => {
    const exported: Check[] = [];
    for (const file of readdirSync(folder)) {
      const module: Record<string, unknown> = await import(new URL(file, folder).href);
      for (const [name, value] of Object.entries(module))
        if (name.endsWith("Checks")) exported.push(...(value as Check[]));
    }
    expect(exported.map(({ id }) => id).sort()).toEqual(contractChecks.map(({ id }) => id).sort());
  });
});
