import type { Scenario } from "../../model/scenario.ts";
import type { Target } from "../../model/target.ts";
import type { Arch, PackageManagerId } from "../../model/words.ts";

/** As the distro's own documents have it. */
const installers: Readonly<Record<PackageManagerId, string>> = { apt: "sudo apt install", dnf: "sudo dnf install" };

/** The packages that a scenario takes from the distro, in the order of the catalog, each once. */
export function packagesFor({ packages }: Target, { vmm, guestKernel, kata }: Scenario, arch: Arch): string[] {
  return [
    ...new Set([
      ...(packages.vmm[vmm]?.[arch] ?? []),
      ...packages.virtiofsd,
      ...(guestKernel === "distro" ? (packages.kernel[arch] ?? []) : []),
      ...packages.containerd,
      ...(kata === "distro" ? packages.kata : []),
    ]),
  ];
}

/** What to type to install them; where packages of a suite are preferred, from that. */
export function installCommand(target: Target, scenario: Scenario, arch: Arch): string {
  const suite = target.repositories.find(one => "suite" in one && one.prefer);
  const from = suite && "suite" in suite ? ` -t ${suite.suite}` : "";
  return `${installers[target.packageManager]}${from} ${packagesFor(target, scenario, arch).join(" ")}`;
}
