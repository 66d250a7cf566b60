import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeCheck } from "../../../src/judge/check.ts";
import type { Check, EvidencePart } from "../../../src/model/check.ts";
import type { Step } from "../../../src/model/command.ts";
import { ContainerWorkloadId, gatingContainers } from "../../../src/model/words.ts";
import { containerWorkloads } from "../../../src/workloads/containers/index.ts";
import { printed } from "../../../src/workloads/example.ts";
import { evidence } from "../../judge/evidence.ts";
import { exampleLane } from "./lane.ts";

const shared = [
  ...["container-check", "container-workload", "example", "index"],
  ...["leftovers", "scripts", "stopped", "undone", "waited"],
];
const judge = (check: Check, part: EvidencePart) => {
  const said = check.judge(evidence(part as object));
  return said.outcome === "pass" ? "pass" : `${said.outcome} ${said.reason.code}`;
};
const control = exampleLane("control");
const stepsOf = (lane = control): readonly Step[] =>
  containerWorkloads.flatMap(({ before, steps }) => [...(before?.(lane) ?? []), ...steps(lane)]);

describe("container workloads", () => {
  it("have a file for each, no other but the parts that they share, and the order of their names", () => {
    const files = readdirSync(new URL("../../../src/workloads/containers", import.meta.url));
    const ids = containerWorkloads.map(({ id }) => id);
    expect(ids).toEqual(ContainerWorkloadId.options);
    expect(files.map(name => name.replace(/\.ts$/, "")).sort()).toEqual([...ids, ...shared].sort());
  });

  it("decide by A to H of Kata's smoke set; the rest annotates", () => {
    const gating = containerWorkloads.filter(({ check }) => check.gating);
    expect(gating.map(({ id }) => id)).toEqual(gatingContainers);
    expect(gating.map(({ letter }) => letter).sort()).toEqual([..."ABCDEFGH"]);
    expect(new Set(containerWorkloads.map(({ letter }) => letter)).size).toBe(containerWorkloads.length);
  });

  it("give a container no device where Kata's agent takes none, which is anywhere but below /dev", () => {
    const argv = stepsOf(exampleLane("kata")).flatMap(({ command }) => command.argv);
    const devices = argv.filter((_, at) => argv[at - 1] === "--device");
    expect(devices).toEqual([expect.stringMatching(/^\/dev\/[^/]+$/)]);
  });

  it("name each check after its workload, and each step", () => {
    for (const { id, check, title, steps, before } of containerWorkloads) {
      expect(check).toMatchObject({ id: `kata.${id}`, tier: "kata", title, needs: [`control.${id}`] });
      for (const step of [...steps(control), ...(before?.(control) ?? [])])
        expect(step.id).toMatch(new RegExp(`^control\\.${id}(-|$)`));
      expect(steps(control).map(step => step.id)).toContain(`control.${id}`);
    }
  });

  it("give each step an id of its own, and each process in a container", () => {
    const ids = stepsOf().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const processes = stepsOf().flatMap(({ command: { argv } }) => {
      const at = argv.indexOf("--exec-id");
      return at < 0 ? [] : [argv[at + 1]];
    });
    expect(processes.length).toBeGreaterThan(5);
    expect(new Set(processes).size).toBe(processes.length);
  });

  it("give sandboxes that follow one another no network that one of them was in", () => {
    const own = containerWorkloads.find(({ id }) => id === "again")?.steps(exampleLane("kata")) ?? [];
    const sandboxes = own.filter(({ command: { argv } }) => argv.includes("run"));
    expect(sandboxes).toHaveLength(5);
    expect(sandboxes.filter(({ command: { argv } }) => argv.join(" ").includes("netns"))).toEqual([]);
  });

  it("run scripts that a shell can read, on the testbed and in a container", () => {
    const scripts = stepsOf().flatMap(({ command: { argv } }) =>
      argv.flatMap((word, at) => (word === "-c" && argv[at - 1] === "sh" ? [argv[at + 1]] : [])),
    );
    expect(scripts.length).toBeGreaterThan(stepsOf().length);
    for (const script of scripts)
      expect(() => execFileSync("sh", ["-n"], { input: script, stdio: "pipe" })).not.toThrow();
  });

  it.each(containerWorkloads)("$id accepts its one example and rejects the other", ({ check }) => {
    expect(judge(check, check.examples.pass)).toBe("pass");
    expect(judge(check, check.examples.fail)).toMatch(/^fail kata\./);
  });

  it.each(containerWorkloads)("$id is no less rejected for what another tier's programs came to", ({ check }) => {
    const { steps = {}, ...rest } = check.examples.fail;
    const others: NonNullable<EvidencePart["steps"]> = {
      "guest.collect": { ...printed(""), ending: { kind: "timedOut", afterMs: 9 } },
      "kernel.config": { ...printed(""), argv: ["sh"], ending: { kind: "exited", code: 137 } },
    };
    const judged = (part: EvidencePart) => judgeCheck(check, evidence(part as object)).outcome;
    expect(judged({ ...rest, steps: { ...others, ...steps } })).toBe(judged(check.examples.fail));
  });

  it.each(containerWorkloads)("$id tells nothing of Kata where runc did not do it either", ({ id, check }) => {
    const { pass } = check.examples;
    const silent = Object.fromEntries(
      Object.entries(pass.steps ?? {}).map(([step, seen]) => [
        step,
        step.startsWith("control.") ? { ...seen, stdout: "" } : seen,
      ]),
    );
    expect(judge(check, { ...pass, steps: silent })).toBe("error control.failed");
    const alone = Object.entries(pass.steps ?? {}).filter(([step]) => step.startsWith("control."));
    expect(judge(check, { ...pass, steps: Object.fromEntries(alone) })).toBe("error harness.not-observed");
    expect(check.judge(evidence({ ...(pass as object), steps: Object.fromEntries(alone) }))).toMatchObject({
      reason: { message: `kata.${id}` },
    });
  });

  it.each(containerWorkloads)("$id fails nobody for what the run did not come to", ({ check }) => {
    const steps = Object.entries(check.examples.pass.steps ?? {});
    const ofKata = steps.filter(([step]) => step.startsWith("kata.")).map(([step]) => step);
    for (const last of ofKata) {
      const cut = Object.fromEntries(steps.filter(([step]) => step !== last));
      expect(judge(check, { ...check.examples.pass, steps: cut }), last).toMatch(/^(?:pass|error )/);
    }
  });

  it.each(containerWorkloads)("$id leaves it to the first to answer for a sandbox that did not come up", one => {
    const { steps = {} } = one.check.examples.pass;
    const gone = Object.fromEntries(
      Object.entries(steps).map(([step, seen]) => [step, step.startsWith("kata.") ? { ...seen, stdout: "" } : seen]),
    );
    const stderr = "ctr: failed to start shim: start failed: : exit status 1: unknown\n";
    const sandbox = { ...printed(""), stderr, ending: { kind: "exited", code: 1 } } as const;
    const said = judge(one.check, { ...one.check.examples.pass, steps: { ...gone, "kata.sandbox": sandbox } });
    expect(said).toBe(`${one.id === "own-kernel" ? "fail" : "error"} kata.shim-exited`);
  });

  it.each(containerWorkloads)("$id that says nothing under Kata is no pass, and out of time under emulation", one => {
    const { facts = {}, steps = {} } = one.check.examples.pass;
    const silent = Object.fromEntries(
      Object.entries(steps).map(([step, seen]) => [
        step,
        /^kata\.(?!sandbox$)/.test(step)
          ? ({ ...seen, stdout: "", ending: { kind: "timedOut", afterMs: 9 } } as const)
          : seen,
      ]),
    );
    expect(judge(one.check, { facts, steps: silent })).toMatch(/^(fail kata\.|error kata\.config$)/);
    expect(judge(one.check, { facts: { ...facts, acceleration: "kvm-emulated" }, steps: silent })).toBe(
      "error infra.slow",
    );
  });
});
