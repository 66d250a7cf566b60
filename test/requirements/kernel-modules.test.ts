import { expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import type { Seen } from "../../src/model/command.ts";
import { said } from "../../src/requirements/checks/example.ts";
import { kernelModuleChecks } from "../../src/requirements/checks/kernel-modules.ts";
import { evidence } from "../judge/evidence.ts";

it.each(kernelModuleChecks.map(check => [check.id, check] as const))("%s blames no package unasked", (_, check) => {
  const step = check.needs.at(-1) ?? "";
  const { steps } = check.examples.fail;
  const failed = steps?.[step]?.stdout ?? "";
  const judged = (seen: Seen) => {
    const { outcome, reason } = judgeCheck(check, evidence({ steps: { ...steps, [step]: seen } }));
    return `${outcome} ${reason?.code}`;
  };
  expect(judged(said(failed))).toMatch(/^fail (?:guest|host)\.module-missing$/);
  for (const seen of [said("", "", 127), said(""), said(failed, "", 1)])
    expect(judged(seen)).toBe("error harness.output-unreadable");
  const without = failed.replaceAll(/^(?:modprobe|insmod).*$/gm, "sh: 1: modprobe: not found");
  expect(judged(said(without))).toBe("error harness.output-unreadable");
  const lacking = failed.replaceAll(/^modprobe.*$/gm, "libkmod: ERROR kmod_load_resources: Cannot allocate memory");
  expect(judged(said(lacking))).toBe("error infra.memory");
});
