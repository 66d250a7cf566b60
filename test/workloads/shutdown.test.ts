import { expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import type { Seen } from "../../src/model/command.ts";
import { guestSaid, printed } from "../../src/workloads/example.ts";
import { shutdown } from "../../src/workloads/shutdown.ts";
import { evidence } from "../judge/evidence.ts";
import { exampleBoot } from "./boot.ts";

const [step] = shutdown.after?.(exampleBoot) ?? [];
const today = step?.command.argv ?? [];

function outcome(seen: Seen, served = true): string {
  const steps = { "guest.shutdown": seen, ...(served ? { "guest.virtiofsd": printed("waiting\n") } : {}) };
  const { outcome, reason } = judgeCheck(shutdown.check, evidence(guestSaid([], steps)));
  return reason ? `${outcome} ${reason.code}` : outcome;
}

const gone = "vmm exited 0\nvirtiofsd exited 0\n";

it("takes the word of older evidence, whose script had no last line", () => {
  expect(outcome(printed(gone))).toBe("pass");
  expect(outcome(printed("vmm exited 0\n"), false)).toBe("pass");
});

it("accuses nobody where nobody looked", () => {
  const { outcome: said, reason } = judgeCheck(shutdown.check, evidence(guestSaid([])));
  expect([said, reason?.code]).toEqual(["error", "harness.not-observed"]);
});

it("takes that of today's script only with its last line", () => {
  expect(outcome(printed(`${gone}looked\n`, today))).toBe("pass");
  expect(outcome(printed(gone, today))).toBe("error harness.output-unreadable");
});

it.each(["", "vmm exited 0\n"])("takes nothing from a look that said %j of a guest that was served", stdout => {
  expect(outcome(printed(stdout))).toBe("error harness.output-unreadable");
});

it.each<[Seen["ending"], string]>([
  [{ kind: "exited", code: 127 }, "error harness.output-unreadable"],
  [{ kind: "exited", code: 1 }, "error harness.output-unreadable"],
  [{ kind: "timedOut", afterMs: 30_000 }, "error infra.slow"],
  [{ kind: "signalled", signal: "SIGKILL" }, "error infra.memory"],
  [{ kind: "notStarted", code: "ENOENT" }, "error harness.output-unreadable"],
])("takes nothing from a look that ended as %j", (ending, expected) => {
  expect(outcome({ ...printed(gone), ending })).toBe(expected);
});

it.each([
  ["vmm runs\nvirtiofsd runs\n", "fail guest.shutdown"],
  ["vmm exited 0\nvirtiofsd signalled SIGSEGV\n", "fail guest.shutdown"],
  ["vmm exited 0\nvirtiofsd exited 1\n", "fail guest.shutdown"],
  ["vmm exited 0\nvirtiofsd signalled SIGKILL\n", "error infra.memory"],
  [`${gone}interface kv5eed5eed\n`, "fail guest.shutdown"],
])("says of %j: %s", (stdout, expected) => {
  expect(outcome(printed(stdout))).toBe(expected);
});

it("leaves a virtiofsd that never came to serve to the shared folder's check", () => {
  expect(outcome(printed("vmm exited 0\nvirtiofsd exited 1\n"), false)).toBe("pass");
});

it.each([
  ["vmm runs\nvirtiofsd runs\n", "error infra.slow"],
  ["vmm exited 0\nvirtiofsd runs\n", "error infra.slow"],
  ["vmm exited 0\nvirtiofsd exited 1\n", "fail guest.shutdown"],
  [`${gone}interface kv5eed5eed\n`, "fail guest.shutdown"],
])("says of %j under emulation: %s", (stdout, expected) => {
  const part = guestSaid([], { "guest.shutdown": printed(stdout), "guest.virtiofsd": printed("waiting\n") });
  const told = { ...part, facts: { ...part.facts, acceleration: "kvm-emulated" as const } };
  const { outcome, reason } = judgeCheck(shutdown.check, evidence(told));
  expect(`${outcome} ${reason?.code}`).toBe(expected);
});

it("waits as long as the boot's patience says", () => {
  const [slow] = shutdown.after?.({ ...exampleBoot, patienceMs: 80_000 }) ?? [];
  expect(today.at(-1)).toBe("50");
  expect(slow?.command.argv.at(-1)).toBe("400");
  expect(slow?.command.timeoutMs).toBeGreaterThan(400 * 100 + 10_000);
});
