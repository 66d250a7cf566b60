import { CatalogError } from "../model/failure.ts";
import type { OsArch, OsFacts, Osinfo, OsRelease } from "../model/osinfo.ts";
import type { Target } from "../model/target.ts";
import type { Arch } from "../model/words.ts";
import { type Linked, seenOf } from "./seen.ts";

function archOf(target: Target, arch: Arch, verdicts: readonly Linked[]): OsArch {
  const { packages } = target;
  const vmm = Object.entries(packages.vmm).flatMap(([id, byArch]) => {
    const names = byArch[arch];
    return names === undefined ? [] : [[id, names]];
  });
  return {
    packages: {
      vmm: Object.fromEntries(vmm),
      virtiofsd: packages.virtiofsd,
      kernel: packages.kernel[arch] ?? [],
      containerd: packages.containerd,
      kata: packages.kata,
    },
    ...seenOf(target.id, arch, verdicts),
  };
}

const byHand = (facts: OsFacts | undefined): Pick<OsRelease, "kernels" | "firmware" | "kata"> => ({
  kernels: facts?.kernels ?? [],
  firmware: facts?.firmware ?? [],
  ...(facts?.kata === undefined ? {} : { kata: facts.kata }),
});

function ofTarget(target: Target, facts: OsFacts | undefined, verdicts: readonly Linked[]): OsRelease {
  const { id, title, distro, release, endOfLife, packageManager } = target;
  return {
    ...{ id, title, distro, packageManager },
    ...(release === undefined ? {} : { release }),
    ...(endOfLife === undefined ? {} : { endOfLife }),
    suites: target.repositories.flatMap(one => ("suite" in one ? [one.suite] : [])),
    ...byHand(facts),
    arches: Object.fromEntries(target.arches.map(arch => [arch, archOf(target, arch, verdicts)])),
    sources: [...target.sources, ...(facts?.sources ?? [])],
  };
}

/** Throws CatalogError where the file does not say what the release is, and no target does. */
function byHandOnly(facts: OsFacts): OsRelease {
  const { id, title, distro, release, packageManager, sources } = facts;
  if (title === undefined || distro === undefined || packageManager === undefined)
    throw new CatalogError(
      `osinfo/${id}.json: there is no target ${id}`,
      "Say title, distro and packageManager in it, or name it after a target",
    );
  const named = release === undefined ? {} : { release };
  return { ...{ id, title, distro, packageManager, ...named }, suites: [], ...byHand(facts), arches: {}, sources };
}

/** Everything that is known of every release, in the order of their ids. Throws CatalogError. */
export function osinfo(targets: readonly Target[], facts: readonly OsFacts[], verdicts: readonly Linked[]): Osinfo {
  const others = facts.filter(({ id }) => targets.every(target => target.id !== id));
  const releases = [
    ...targets.map(target =>
      ofTarget(
        target,
        facts.find(({ id }) => id === target.id),
        verdicts,
      ),
    ),
    ...others.map(byHandOnly),
  ];
  return { schemaVersion: 1, releases: releases.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
