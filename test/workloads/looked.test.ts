import { expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import type { Seen } from "../../src/model/command.ts";
import type { WorkloadId } from "../../src/model/words.ts";
import { guestSaid, printed } from "../../src/workloads/example.ts";
import { workloads } from "../../src/workloads/index.ts";
import { evidence } from "../judge/evidence.ts";

const absent: Seen = { ...printed(""), ending: { kind: "exited", code: 127 } };

function judged(id: WorkloadId, step: string, seen: Seen, example = workloads[id].check.examples.pass): string {
  const { check } = workloads[id];
  const { facts = {}, steps = {} } = example;
  const { outcome, reason } = judgeCheck(check, evidence({ facts, steps: { ...steps, [step]: seen } }));
  return `${outcome} ${reason?.code ?? ""}`;
}

it.each<[WorkloadId, string]>([
  ["block", "guest.testbed"],
  ["hotplug", "guest.testbed"],
  ["console", "guest.testbed"],
  ["virtiofs", "guest.virtiofs"],
  ["shutdown", "guest.shutdown"],
])("%s is not told by a script that was not there, or that said nothing: %s", (id, step) => {
  expect(judged(id, step, absent)).toBe("error harness.output-unreadable");
  expect(judged(id, step, printed(""))).toBe("error harness.output-unreadable");
});

it("takes a file that the guest did not leave for one, where the testbed's own was read", () => {
  const seen = printed("from-testbed aa\nfrom-guest \nsays \n");
  expect(judged("virtiofs", "guest.virtiofs", seen)).toBe("fail guest.virtiofs-content");
  expect(judged("virtiofs", "guest.virtiofs", { ...seen, ending: { kind: "exited", code: 1 } })).toBe(
    "error harness.output-unreadable",
  );
});

it("does not miss a virtiofsd in a look that ended before it came to it", () => {
  const seen = printed("testbed vm\n");
  expect(judged("virtiofs", "guest.testbed", seen)).toBe("fail virtiofsd.not-packaged");
  expect(judged("virtiofs", "guest.testbed", { ...seen, ending: { kind: "exited", code: 127 } })).toBe(
    "error harness.output-unreadable",
  );
});

it.each<WorkloadId>(["network", "vsock"])("does not blame the guest for a %s that was left out unasked", id => {
  const cut = (seen: Seen) => judged(id, "guest.testbed", seen, guestSaid([]));
  for (const seen of [absent, printed("testbed vm\n")]) expect(cut(seen)).toBe("error harness.output-unreadable");
  expect(cut(printed("testbed vm\n/dev/net/tun ok\n/dev/vhost-vsock ok\n"))).toBe(`fail guest.${id}`);
});
