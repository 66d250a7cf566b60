import type { Command } from "../model/command.ts";
import type { Component, Facts } from "../model/evidence.ts";
import { packageManagers } from "../packages/index.ts";
import { type LookedUp, lookedUp, ownerStep, verifyStep } from "../requirements/checks/provenance.ts";
import type { ContractOptions, Observe } from "./contract.ts";

/** A part with the package that it came in; its version is its own to say. */
type Found = readonly [LookedUp, Omit<Component, "version">];

/** The path of each part; a kernel is its image. */
const pathOf = (paths: NonNullable<Facts["paths"]>, part: LookedUp): string | undefined =>
  ({
    ...{ vmm: paths.vmm, virtiofsd: paths.virtiofsd, guestKernel: paths.kernelImage },
    ...{ containerd: paths.containerd, kata: paths.kataShim },
  })[part];

const digest = (path: string): Command => ({ argv: ["sha256sum", "--", path], timeoutMs: 60_000 });

/** Whose each part is, and whether it is as its package brought it. A part that is nowhere is left out. */
export async function lookUpComponents(
  { parts, packages, target, scenario, brought = [] }: ContractOptions,
  observe: Observe,
): Promise<readonly Found[]> {
  const manager = packageManagers[target.packageManager];
  const names: Readonly<Record<LookedUp, string>> = {
    ...{ vmm: scenario.vmm, virtiofsd: "virtiofsd", guestKernel: "linux" },
    ...{ containerd: "containerd", kata: "kata" },
  };
  const look = async (part: LookedUp): Promise<Found[]> => {
    const path = pathOf(parts, part);
    if (path === undefined) return [];
    const [owned, sum] = await Promise.all([
      observe({ id: ownerStep(part), command: manager.owners([path]) }),
      observe({ id: `provenance.digest-${part}`, command: digest(path) }),
    ]);
    const owner = manager.readOwners(owned).get(path) ?? null;
    if (owner !== null) await observe({ id: verifyStep(part), command: manager.verify(owner) });
    // GNU coreutils puts a backslash before the digest of a name that it had to escape.
    const sha256 = /^\\?([0-9a-f]{64}) /.exec(sum.stdout)?.[1] ?? null;
    const built = brought.some(one => one.part === part) ? { built: true } : {};
    const from = packages.find(one => one.name === owner) ?? null;
    return [[part, { name: names[part], path, sha256, package: from, ...built }]];
  };
  return (await Promise.all(lookedUp.map(look))).flat();
}
