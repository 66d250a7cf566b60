import { expect, it } from "vitest";
import { carried, shipped } from "../../src/matrix/shipped.ts";
import { passing, run } from "./seen.ts";

const seen = (at: string, packageVersion: string) => ({
  ...run("2026-01-10", passing()),
  at,
  parts: { vmm: { name: "qemu", packageVersion, shipped: true } },
});

it("compares instants as times, whatever their precision", () => {
  const [whole, later] = ["2026-01-10T00:00:00Z", "2026-01-10T00:00:00.500Z"];
  const both = [seen(later, "1:10.0-1"), seen(whole, "1:10.0-1")] as never;
  expect(shipped(both).get("vmm qemu")?.get("1:10.0-1")).toBe(later);
  const since = shipped([seen(later, "1:10.0-2")] as never);
  expect(carried(seen(whole, "1:10.0-1").parts as never, whole, since).to).toEqual({ vmm: "1:10.0-2" });
});
