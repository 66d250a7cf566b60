import type { BundleManifest } from "../model/bundle.ts";
import type { Component, Facts } from "../model/evidence.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import type { BundledCell } from "./contents.ts";

/** Distros patch the third number and what follows in ways of their own: `7.2.22` comes from `1:7.2+dfsg-7+deb12u18`. */
const series = (version: string): string | undefined => /^(?:\d+:)?v?(\d+\.\d+)/.exec(version)?.[1];

function componentTroubles({ name, version, package: owner }: Component, packages: Facts["packages"]): string[] {
  if (owner === null) return [];
  const found = packages?.filter(one => one.name === owner.name && one.arch === owner.arch) ?? [];
  const wrong: string[] = [];
  if (version !== null && series(version) !== series(owner.version))
    wrong.push(`${name} ${version} is not of ${owner.name} ${owner.version}`);
  if (found.length > 0 && !found.some(one => one.version === owner.version))
    wrong.push(`${owner.name} ${owner.version} is not the one that was installed, ${found[0]?.version}`);
  return wrong;
}

function troubles({ kata: required }: BundleManifest["required"], { components = {}, packages, paths, kata }: Facts) {
  const parts = Object.values(components).filter(part => part !== undefined);
  const wrong = parts.flatMap(part => componentTroubles(part, packages));
  if (kata?.version !== required) wrong.push(`Kata ${kata?.version ?? "of no known version"} ran, not ${required}`);
  const { guestKernel } = components;
  if (guestKernel && paths?.kernelRelease !== undefined && guestKernel.version !== paths.kernelRelease)
    wrong.push(`the guest kernel ${guestKernel.version} is not the package's ${paths.kernelRelease}`);
  return wrong;
}

/** Where versions in the evidence cannot be true together. */
export const versionRefusals = ({ required }: BundleManifest, cells: readonly BundledCell[]): Refusal[] =>
  cells.flatMap(({ folder, evidence }) =>
    troubles(required, evidence.facts).map(wrong => refusal("version.implausible", `${folder}: ${wrong}`)),
  );
