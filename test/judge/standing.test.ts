import { expect, it } from "vitest";
import { standing } from "../../src/judge/standing.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import type { CheckVerdict } from "../../src/model/verdict.ts";
import { evidence } from "./evidence.ts";

const passed = { id: "a", gating: true, outcome: "pass" } as CheckVerdict;
const under = (request: Partial<Evidence["request"]>, facts: Evidence["facts"] = {}): Evidence => {
  const part = evidence({ facts: { acceleration: "kvm", ...facts } });
  return { ...part, request: { ...part.request, tier: "kata", testbed: "vm", ...request } };
};

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
  ["it was emulated", under({}, { acceleration: "kvm-emulated" }), /emulated CPU/],
])("is provisional where %s", (_, seen, why) => {
  expect(standing(seen, [passed])).toMatchObject({ standing: "provisional", because: expect.stringMatching(why) });
});
