import { type Check, type EvidencePart, error, fail, pass, skip } from "../../model/check.ts";
import type { Component, Evidence } from "../../model/evidence.ts";
import type { Part } from "../../model/words.ts";
import { packageManagers } from "../../packages/index.ts";
import { said } from "./example.ts";

/** Parts whose package is looked up by the contract tier. The host kernel is the guest kernel's package. */
export const lookedUp = ["vmm", "virtiofsd", "guestKernel"] as const satisfies readonly Part[];
export type LookedUp = (typeof lookedUp)[number];

export const ownerStep = (part: LookedUp): string => `provenance.owner-${part}`;
export const verifyStep = (part: LookedUp): string => `provenance.verify-${part}`;

const titles: Readonly<Record<LookedUp, string>> = {
  vmm: "The VMM is the distro's own, as its package brought it",
  virtiofsd: "virtiofsd is the distro's own, as its package brought it",
  guestKernel: "The kernel is the distro's own, as its package brought it",
};

/** One file under its two names, before and after /lib and /bin moved into /usr. */
const sameFile = (a: string, b: string): boolean => a.replace(/^\/usr/, "") === b.replace(/^\/usr/, "");

function judge(part: LookedUp, evidence: Evidence) {
  const component = evidence.facts.components?.[part];
  if (component === undefined) return error("harness.not-observed", "The part was not looked up");
  const { path, package: owner } = component;
  if (owner === null)
    return fail("provenance.not-shipped", `${path} belongs to no package, or was put in the place of a package's file`);
  const named = `${owner.name} ${owner.version}`;
  if (owner.candidate) return skip("provenance.candidate", `${path} comes from the package file ${named}`);
  if (owner.repository === null)
    return fail("provenance.not-shipped", `${path} belongs to ${named}, which no repository has`);
  if (!owner.repository.own)
    return fail(
      "provenance.not-shipped",
      `${path} belongs to ${named} from ${owner.repository.name}, not the distro's own`,
    );
  const verified = evidence.steps[verifyStep(part)];
  if (verified === undefined) return error("harness.not-observed", "The package's files were not compared");
  const changed = packageManagers[evidence.cell.target.packageManager].readVerify(verified);
  return changed.some(one => sameFile(one, path))
    ? fail("provenance.modified", `${path} is not as ${named} installed it`, verified.stdout.slice(0, 2000))
    : pass(`${path} is ${named} from ${owner.repository.name}, unchanged`);
}

function provenanceCheck(part: LookedUp): Check {
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
    id: `contract.provenance.${part === "guestKernel" ? "kernel" : part}`,
    tier: "contract",
    title: titles[part],
    gating: true,
    needs: [ownerStep(part)],
    judge: evidence => judge(part, evidence),
    examples: { pass: example(true), fail: example(false) },
  };
}

export const provenanceChecks: readonly Check[] = lookedUp.map(provenanceCheck);
