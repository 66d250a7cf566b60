import { error, type Judgement } from "../../model/check.ts";
import type { Evidence, Package } from "../../model/evidence.ts";
import { packageManagers } from "../../packages/index.ts";

/** A kernel's image is a package of its own for each version; what an update replaces is the package that depends on it. */
function updated(owner: Package, { cell, facts }: Evidence): Package | undefined {
  if (owner.update) return owner;
  const leading = cell.target.packages.kernel[cell.arch] ?? [];
  return /^(?:linux-image|kernel)-/.test(owner.name)
    ? facts.packages?.find(one => one.update && leading.includes(one.name) && one.version === owner.version)
    : undefined;
}

/** Why an installed package tells nothing of what the distro ships now: nothing is upgraded on this machine itself, and the distro has gone on. */
export function behind(owner: Package, path: string, evidence: Evidence): Judgement | undefined {
  if (evidence.request.testbed !== "local") return undefined;
  const old = updated(owner, evidence);
  // What the distro has, and keeps from this machine as yet, leaves it behind only where what it has instead is gone.
  if (!old?.update || (owner.repository && old.update.phased)) return undefined;
  const { version, repository } = old.update;
  const command = packageManagers[evidence.cell.target.packageManager].update(old.name, old.update);
  return error(
    "host.not-up-to-date",
    `${path} belongs to ${owner.name} ${owner.version}, and ${repository.name} has ${old.name} ${version} by now: ${command}`,
  );
}
