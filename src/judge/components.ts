import type { Component, Evidence, KataBinaries } from "../model/evidence.ts";
import type { CellVerdict } from "../model/verdict.ts";
import { isHostKernelDistros, runningRelease } from "../requirements/host-kernel.ts";
import { lines } from "../workloads/marks.ts";
import { containerdComponent } from "./additions.ts";

/** Kata's own binaries, which no package of the distro's brought. */
const broughtKata = ({ version, shim, shimSha256 }: KataBinaries): Component => ({
  ...{ name: "kata", version, path: shim, sha256: shimSha256 ?? null, package: null },
});

/** Kata's own kernel, by what the container saw of it. */
const broughtKernel = ({ facts, steps }: Evidence): Component => ({
  name: "linux",
  version: lines({ facts, steps }, "kata.own-kernel").get("release") ?? null,
  path: facts.kata?.guestKernel ?? "",
  sha256: facts.kata?.guestKernelSha256 ?? null,
  package: null,
});

/** Without the distro's kernel where the guest's is Kata's: that one is the host's at most. */
function guests(evidence: Evidence, found: CellVerdict["components"]): CellVerdict["components"] {
  if (evidence.cell.scenario.guestKernel === "distro") return found;
  const { guestKernel, ...rest } = found;
  return evidence.facts.kata?.guestKernel === undefined ? rest : { ...rest, guestKernel: broughtKernel(evidence) };
}

/** The parts of the stack that was seen. The host kernel is the package's image whose release the running one says it is. */
export function components(evidence: Evidence): CellVerdict["components"] {
  const { components: looked = {}, paths, kata } = evidence.facts;
  const containerd = containerdComponent(evidence);
  const found = {
    ...looked,
    ...(kata === undefined || looked.kata !== undefined ? {} : { kata: broughtKata(kata) }),
    ...(containerd && { containerd }),
  };
  const running = isHostKernelDistros(evidence) ? runningRelease(evidence) : undefined;
  const image: Component | undefined = looked.guestKernel;
  const host = running !== undefined && image !== undefined && running === paths?.kernelRelease;
  return { ...guests(evidence, found), ...(host ? { hostKernel: { ...image, version: running } } : {}) };
}
