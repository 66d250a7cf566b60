import { readFileSync } from "node:fs";
import * as z from "zod";
import { judgeCheck } from "../../src/judge/check.ts";
import { Evidence } from "../../src/model/evidence.ts";
import { Target } from "../../src/model/target.ts";
import { Arch } from "../../src/model/words.ts";
import { contractChecks } from "../../src/requirements/index.ts";
import { evidence, target } from "../judge/evidence.ts";

const Recorded = z.strictObject({
  arch: Arch,
  facts: Evidence.shape.facts,
  steps: Evidence.shape.steps,
  stopped: Evidence.shape.stopped,
});

/** What was seen of real packages in a container: `recorded/<name>.json`; lists of QMP properties are cut to their names. */
export function recorded(name: string): Evidence {
  const text = readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8");
  const { arch, ...seen } = Recorded.parse(JSON.parse(text));
  const base = evidence();
  return {
    ...base,
    ...seen,
    cell: { ...base.cell, target: Target.parse({ ...target, arches: [arch] }), arch },
    request: { ...base.request, testbed: "container" },
  };
}

/** `fail` and `error` of all contract checks, as `id: code`. */
export const troubles = (seen: Evidence, gating: boolean): string[] =>
  contractChecks
    .filter(check => check.gating === gating)
    .map(check => judgeCheck(check, seen))
    .filter(({ outcome }) => outcome === "fail" || outcome === "error")
    .map(({ id, outcome, reason }) => `${outcome} ${id}: ${reason?.code}`);
