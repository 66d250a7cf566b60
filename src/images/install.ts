import type { Package } from "../model/evidence.ts";
import { type Code, reason } from "../model/reason.ts";
import type { Target } from "../model/target.ts";
import type { Testbed } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import type { PackageManager } from "../packages/index.ts";
import type { Candidate } from "./candidates.ts";
import { manifest } from "./manifest.ts";
import type { Steps } from "./steps.ts";
import { Unprepared } from "./unprepared.ts";

const candidateFolder = "/run/kata-verify/candidates";

/** Archives and indexes that the package managers would keep; apt's indexes stay, because its policy is asked again. */
const clean = {
  argv: [
    "sh",
    "-c",
    "find /var/cache/apt/archives /var/cache/dnf /var/cache/libdnf5 -type f -delete 2>/dev/null; true",
  ],
  timeoutMs: 60_000,
} as const;

/** What only the kata tier takes: a distro without it is no less tested by the others. */
export const extras = ["containerd", "kata"] as const;
export type Extra = (typeof extras)[number];

/** Everything of the stack under test and what the harness adds, sorted. */
export function wantedPackages(target: Target, arch: Arch, also: readonly Extra[]): string[] {
  const { packages } = target;
  const vmms = Object.values(packages.vmm).flatMap(byArch => byArch[arch] ?? []);
  const more = also.flatMap(extra => packages[extra]);
  const all = [...vmms, ...packages.virtiofsd, ...(packages.kernel[arch] ?? []), ...more, ...packages.harness];
  return [...new Set(all)].sort();
}

/** Installs all that the distro has of what is wanted; a part that it does not have is left to the checks. */
export async function install(
  manager: PackageManager,
  target: Target,
  wanted: readonly string[],
  steps: Steps,
  tell: (message: string) => void,
): Promise<Package[]> {
  const { must } = steps;
  const configure = manager.configure(target);
  if (configure !== null) await must("install.configure", configure);
  tell("fetching the package indexes");
  await must("install.refresh", manager.refresh());
  const offers = manager.readPolicy(await must("install.policy", manager.policy(wanted)), target);
  const names = wanted.filter(name => (offers.get(name)?.candidate ?? null) !== null);
  tell(`installing ${names.length} packages`);
  if (names.length > 0) await must("install.packages", manager.install(names));
  return takeStock(manager, target, [], steps);
}

/** What a package manager says of the user's own files is nobody else's doing; a full disk is still a full disk. */
const ofCandidates = (codes: readonly Code[]) => (error: unknown) => {
  if (!(error instanceof Unprepared && codes.includes(error.reason.code))) throw error;
  const why = reason("package.candidate-uninstallable", undefined, error.reason.detail);
  throw new Unprepared(error.stage, why, { cause: error });
};
const unreadable = ofCandidates(["package.uninstallable", "harness.output-unreadable"]);
const uninstallable = ofCandidates(["package.uninstallable"]);

/** Two files of one package: a package manager takes one of them, and says nothing of the other. */
function ensureOneEach(candidates: readonly Candidate[], names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  const files = candidates.filter((_, at) => names[at] === twice).map(({ file }) => file);
  const detail = `${files.join(" and ")} are the same package, ${twice}: name one of them`;
  throw new Unprepared("install", reason("package.candidate-uninstallable", undefined, detail));
}

/** Installs package files of the user over what is there. */
export async function installCandidates(
  testbed: Testbed,
  manager: PackageManager,
  target: Target,
  candidates: readonly Candidate[],
  steps: Steps,
  tell: (message: string) => void,
): Promise<Package[]> {
  const { must } = steps;
  // Files of different folders may have the same name.
  const files = candidates.map(({ file, contents }, at) => ({
    path: `${candidateFolder}/${at + 1}/${file}`,
    contents,
  }));
  const paths = files.map(({ path }) => path);
  for (const { path, contents } of files) await testbed.write(path, contents);
  tell(`installing ${candidates.map(one => one.file).join(", ")}`);
  const names = manager.readNamesIn(await must("install.candidate-names", manager.namesIn(paths)).catch(unreadable));
  ensureOneEach(candidates, names);
  await must("install.candidates", manager.installFiles(paths)).catch(uninstallable);
  return takeStock(manager, target, names, steps);
}

/** All that is installed now, and where it came from. */
export async function takeStock(
  manager: PackageManager,
  target: Target,
  candidates: readonly string[],
  { observe, must }: Steps,
): Promise<Package[]> {
  const installed = manager.readInstalled(await must("install.manifest", manager.installed()));
  const all = installed.map(one => one.name);
  const seen = await must("install.repositories", manager.repositories(all));
  await observe("install.clean", clean);
  return manifest(installed, manager.readRepositories(seen, target), manager.readUpdates(seen, target), candidates);
}
