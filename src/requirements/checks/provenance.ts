import { type Check, type EvidencePart, error, fail, pass, skip } from "../../model/check.ts";
import type { Component, Evidence } from "../../model/evidence.ts";
import type { Part } from "../../model/words.ts";
import { packageManagers } from "../../packages/index.ts";
import { builtByUser } from "../built.ts";
import { cutShort, unfinished } from "../cut-short.ts";
import { behind } from "./behind.ts";
import { said } from "./example.ts";
import { stepOf } from "./qemu-ended.ts";

/** Parts whose package is looked up, where they are there. The host kernel is the guest kernel's package. */
export const lookedUp = ["vmm", "virtiofsd", "guestKernel", "containerd", "kata"] as const satisfies readonly Part[];
export type LookedUp = (typeof lookedUp)[number];

export const ownerStep = (part: LookedUp): string => `provenance.owner-${part}`;
export const verifyStep = (part: LookedUp): string => `provenance.verify-${part}`;

const rows = {
  vmm: { id: "contract.provenance.vmm", tier: "contract", gating: true, title: "The VMM" },
  virtiofsd: { id: "contract.provenance.virtiofsd", tier: "contract", gating: true, title: "virtiofsd" },
  guestKernel: { id: "contract.provenance.kernel", tier: "contract", gating: true, title: "The kernel" },
  containerd: { id: "kata.containerd", tier: "kata", gating: false, title: "containerd" },
  kata: { id: "kata.package", tier: "kata", gating: true, title: "Kata's shim" },
} as const satisfies Partial<Record<LookedUp, Pick<Check, "id" | "tier" | "gating" | "title">>>;
type Checked = keyof typeof rows;

/** One file under its two names, before and after /lib and /bin moved into /usr. */
const sameFile = (a: string, b: string): boolean => a.replace(/^\/usr/, "") === b.replace(/^\/usr/, "");

function judge(part: Checked, evidence: Evidence) {
  const built = builtByUser(evidence, part);
  if (built) return built;
  const component = evidence.facts.components?.[part];
  if (component === undefined) return error("harness.not-observed", "The part was not looked up");
  const { path, package: owner } = component;
  const manager = packageManagers[evidence.cell.target.packageManager];
  const asked = stepOf(evidence, ownerStep(part));
  if (!manager.readOwners(asked).has(path)) {
    const why = unfinished(ownerStep(part), asked);
    if (why) return { outcome: "error", reason: why } as const;
    return error("harness.output-unreadable", `The package database says nothing of ${path}`, asked.stdout);
  }
  if (owner === null)
    return fail("provenance.not-shipped", `${path} belongs to no package, or was put in the place of a package's file`);
  const named = `${owner.name} ${owner.version}`;
  if (owner.candidate) return skip("provenance.candidate", `${path} comes from the package file ${named}`);
  const { repository } = owner;
  if (repository && !repository.own)
    return fail("provenance.not-shipped", `${path} belongs to ${named} from ${repository.name}, not the distro's own`);
  const old = behind(owner, path, evidence);
  if (old) return old;
  if (!repository) return fail("provenance.not-shipped", `${path} belongs to ${named}, which no repository has`);
  const verified = evidence.steps[verifyStep(part)];
  if (verified === undefined) return error("harness.not-observed", "The package's files were not compared");
  const changed = manager.readVerify(verified);
  const why = cutShort(verifyStep(part), verified);
  if (why) return { outcome: "error", reason: why } as const;
  // dpkg goes on after a file that the disk does not give it, and says of it what it says of one that was changed.
  if (/: (?:Input\/output error|Stale file handle|Structure needs cleaning)$/m.test(verified.stderr))
    return error("infra.testbed-gone", `The files of ${named} could not all be read`, verified.stderr.slice(0, 2000));
  if (changed === null)
    return error(
      "harness.output-unreadable",
      `The files of ${named} were not compared`,
      `${verified.stdout}${verified.stderr}`.slice(0, 2000),
    );
  return changed.some(one => sameFile(one, path))
    ? fail("provenance.modified", `${path} is not as ${named} installed it`, verified.stdout.slice(0, 2000))
    : pass(`${path} is ${named} from ${repository.name}, unchanged`);
}

/** Whether a part that was looked up is the distro's own. */
export function provenanceCheck(part: Checked): Check {
  const component = (own: boolean): Component => ({
    name: "example",
    version: "1",
    path: "/usr/bin/example",
    sha256: null,
    package: { name: "example", version: "1-1", arch: "amd64", repository: { name: "Debian trixie/main", own } },
  });
  const example = (own: boolean): EvidencePart => ({
    facts: { components: { [part]: component(own) } },
    steps: {
      [ownerStep(part)]: said("\u001e/usr/bin/example\nexample: /usr/bin/example\n"),
      [verifyStep(part)]: said(""),
    },
  });
  return {
    ...rows[part],
    title: `${rows[part].title} is the distro's own, as its package brought it`,
    needs: [ownerStep(part)],
    judge: evidence => judge(part, evidence),
    examples: { pass: example(true), fail: example(false) },
  };
}

export const provenanceChecks: readonly Check[] = (["vmm", "virtiofsd", "guestKernel"] as const).map(provenanceCheck);
