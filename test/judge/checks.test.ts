import { expect, it } from "vitest";
import { checksOf } from "../../src/judge/checks.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { scenario } from "./evidence.ts";

const ids = (changes: Partial<Scenario>) => checksOf({ ...scenario, ...changes }).map(({ id }) => id);

it("asks whose Kata is only where it is to be the distro's", () => {
  expect(ids({})).not.toContain("kata.package");
  expect(ids({ kata: "distro" })).toContain("kata.package");
});

it("asks nothing of the distro's kernel where Kata's own is the guest's", () => {
  const asked = (guestKernel: Scenario["guestKernel"]) =>
    ids({ guestKernel }).filter(id => /^contract\.(?:kernel\.|provenance\.kernel$)/.test(id));
  expect(asked("distro")).not.toEqual([]);
  expect(asked("kata")).toEqual([]);
});
