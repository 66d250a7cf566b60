import type { Component, Evidence, KataBinaries } from "../model/evidence.ts";
import type { CellVerdict } from "../model/verdict.ts";
import { isHostKernelDistros, runningRelease } from "../requirements/host-kernel.ts";
import { containerdComponent } from "./additions.ts";

/** Kata's own binaries, which no package of the distro's brought. */
const broughtKata = ({ version, shim, shimSha256 }: KataBinaries): Component => ({
  ...{ name: "kata", version, path: shim, sha256: shimSha256 ?? null, package: null },
});

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
  const image: Component | undefined = found.guestKernel;
  if (running === undefined || image === undefined || running !== paths?.kernelRelease) return found;
  return { ...found, hostKernel: { ...image, version: running } };
}
