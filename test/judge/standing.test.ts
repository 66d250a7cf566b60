import { expect, it } from "vitest";
import { standing } from "../../src/judge/standing.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import type { CheckVerdict } from "../../src/model/verdict.ts";
import { evidence, wholeScenario } from "./evidence.ts";

const passed = { id: "a", gating: true, outcome: "pass" } as CheckVerdict;
const leavingOut = (part: Partial<Evidence["cell"]["scenario"]>): Evidence => {
  const all = under({});
  return { ...all, cell: { ...all.cell, scenario: { ...all.cell.scenario, ...part } } };
};
const under = (request: Partial<Evidence["request"]>, facts: Evidence["facts"] = {}): Evidence => {
  const part = evidence({ facts: { acceleration: "kvm", ...facts } });
  return {
    ...part,
    cell: { ...part.cell, scenario: wholeScenario },
    request: { ...part.request, tier: "kata", testbed: "vm", ...request },
  };
};

const unproven = {
  kvm: "boots",
  virtualized: false,
  emulated: true,
  unproven: true,
  vhostVsock: true,
  saw: "",
} as const;

it("is supported where all passed under KVM", () => {
  expect(standing(under({}), [passed]).standing).toBe("supported");
});

it.each<[string, Evidence, RegExp]>([
  [
    "any package is a candidate, though it owns nothing that is under test",
    under(
      {},
      {
        packages: [
          { name: "a", version: "1", arch: "all", repository: { name: "Debian trixie/main", own: true } },
          { name: "seabios", version: "2", arch: "all", repository: null, candidate: true },
        ],
      },
    ),
    /candidate/,
  ],
  [
    "a part was built by the user",
    under({}, { brought: [{ part: "virtiofsd", path: "/usr/local/libexec/virtiofsd", sha256: "aa" }] }),
    /virtiofsd was built by the user, not shipped/,
  ],
  ["it ran on the machine of whoever says so", under({ testbed: "local" }), /whoever says so/],
  [
    "the scenario has no workload for a guest and one for containers",
    leavingOut({ workloads: [], containers: ["exec"] }),
    /leaves out what decides: own-kernel, rootfs, network, volume, limits, pod, stop, console, vsock, virtiofs, /,
  ],
  [
    "it has a part of them beside Kata's own kernel",
    leavingOut({ guestKernel: "kata", workloads: ["console"] }),
    /decides: vsock, virtiofs, /,
  ],
  [
    "nothing proves the processor",
    under({ testbed: "container" }, { acceleration: "kvm-emulated", preflight: unproven }),
    /nothing proves that this machine's processor is real/,
  ],
  [
    "nothing proves the processor, and the testbed's is emulated anyway",
    under({ testbed: "vm" }, { acceleration: "kvm-emulated", preflight: unproven }),
    /but KVM ran on an emulated CPU$/,
  ],
  [
    "the processor is known to be played",
    under(
      { testbed: "container" },
      {
        acceleration: "kvm-emulated",
        preflight: { kvm: "boots", virtualized: true, emulated: true, vhostVsock: true, saw: "" },
      },
    ),
    /but KVM ran on an emulated CPU$/,
  ],
  ["it was emulated", under({}, { acceleration: "kvm-emulated" }), /emulated CPU/],
])("is provisional where %s", (_, seen, why) => {
  expect(standing(seen, [passed])).toMatchObject({ standing: "provisional", because: expect.stringMatching(why) });
});

it("is supported where a scenario with Kata's own kernel has nothing for a guest of the harness's", () => {
  expect(standing(leavingOut({ guestKernel: "kata", workloads: [] }), [passed]).standing).toBe("supported");
});
