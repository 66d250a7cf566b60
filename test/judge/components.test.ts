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

it("names the guest's kernel by what Kata brought, where that is what boots", () => {
  const { facts, steps, ...one } = seen("6.12", "vm");
  const cell = { ...one.cell, scenario: { ...one.cell.scenario, guestKernel: "kata" } } as const;
  const kata: KataBinaries = {
    ...({ source: "path", runtime: "go", version: "4.0.0", digest: "d", vouched: "nobody" } as const),
    ...{ shim: "/opt/kata/shim", config: "/opt/kata/configuration.toml" },
    ...{ guestKernel: "/opt/kata/vmlinux-6.18.35-1", guestKernelSha256: "cd" },
  };
  const looked = { ...steps, "kata.own-kernel": exited("release 6.18.35\n") };
  const found = components({ ...one, cell, facts: { ...facts, kata }, steps: looked });
  const brought = { version: "6.18.35", path: "/opt/kata/vmlinux-6.18.35-1", sha256: "cd", package: null };
  expect(found.guestKernel).toEqual({ name: "linux", ...brought });
  expect(found.hostKernel).toEqual(image);
  expect(components({ ...one, cell, facts, steps }).guestKernel).toBeUndefined();
});
