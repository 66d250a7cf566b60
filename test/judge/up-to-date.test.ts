import { expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { type Check, error, fail, pass } from "../../src/model/check.ts";
import { evidence } from "./evidence.ts";

const check = (id: string, judge: Check["judge"]): Check => ({
  id,
  title: id,
  tier: "contract",
  gating: true,
  needs: [],
  examples: { pass: {}, fail: {} },
  judge,
});

const broken = check("vmm", () => fail("vmm.device-missing", "no vhost-user-fs-pci", "its list"));
const behind = check("provenance", () => error("host.not-up-to-date", "there is a newer one: apt-get install"));
const fine = check("fine", () => pass("seen"));

it("what fails where the machine is behind accuses nobody, and keeps what it saw", () => {
  const cell = judgeCell(evidence({}), [broken, behind, fine]);
  expect(cell).toMatchObject({ outcome: "error", standing: "inconclusive" });
  expect(cell.checks[0]?.reason).toMatchObject({
    code: "host.not-up-to-date",
    message: expect.stringContaining("vmm.device-missing: no vhost-user-fs-pci"),
    detail: "its list",
  });
  expect(cell.checks.map(one => one.outcome)).toEqual(["error", "error", "pass"]);
});

it("fails where it is not", () => {
  expect(judgeCell(evidence({}), [broken, fine])).toMatchObject({ outcome: "fail", standing: "unsupported" });
});
