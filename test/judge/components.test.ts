import { expect, it } from "vitest";
import { components } from "../../src/judge/components.ts";
import type { Evidence, KataBinaries } from "../../src/model/evidence.ts";
import { evidence, exited } from "./evidence.ts";

const image = { name: "linux", version: "6.12", path: "/boot/vmlinuz-6.12", sha256: "00", package: null };
const seen = (running: string, testbed: "vm" | "container"): Evidence => {
  const one = evidence({
    facts: { components: { guestKernel: image }, paths: { kernelRelease: "6.12" } },
    steps: { "host.settings": exited(`/proc/version:Linux version ${running} (builder@host)\n`) },
  });
  return { ...one, request: { ...one.request, testbed } };
};

it("names the host kernel of a VM testbed by the release that it runs", () => {
  expect(components(seen("6.12", "vm")).hostKernel).toEqual(image);
});

it("claims no host kernel where another one runs, or the runner's", () => {
  expect(components(seen("6.1", "vm")).hostKernel).toBeUndefined();
  expect(components(seen("6.12", "container")).hostKernel).toBeUndefined();
});

it("names Kata by what was brought, where it is not the distro's", () => {
  const { facts, ...one } = seen("6.12", "vm");
  const kata: KataBinaries = {
    ...({ source: "release", runtime: "rust", version: "4.0.0", digest: "d", vouched: "a pin" } as const),
    ...{ shim: "/opt/kata/shim", shimSha256: "ab", config: "/opt/kata/configuration.toml" },
  };
  const brought = { name: "kata", version: "4.0.0", path: "/opt/kata/shim", sha256: "ab", package: null };
  expect(components({ ...one, facts: { ...facts, kata } }).kata).toEqual(brought);
  const own = { ...brought, path: "/usr/bin/shim" };
  expect(components({ ...one, facts: { ...facts, kata, components: { kata: own } } }).kata).toEqual(own);
});
