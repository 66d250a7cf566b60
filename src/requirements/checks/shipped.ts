import { type Check, type EvidencePart, error, fail, pass } from "../../model/check.ts";
import type { Evidence, Facts } from "../../model/evidence.ts";
import type { Code } from "../../model/reason.ts";
import { packageManagers } from "../../packages/index.ts";
import { vmms } from "../../vmms/index.ts";
import { builtByUser } from "../built.ts";
import { elsewhere } from "../found.ts";
import { virtiofsdPaths } from "../virtiofsd-paths.ts";
import { said } from "./example.ts";
import { stepOf } from "./qemu-ended.ts";

const step = "provenance.find";

const parts = { vmm: "vmm", virtiofsd: "virtiofsd", kernelImage: "guestKernel" } as const;

interface Shipped {
  readonly id: string;
  readonly title: string;
  readonly fact: keyof NonNullable<Facts["paths"]> & ("vmm" | "virtiofsd" | "kernelImage");
  /** File names under which it would be found at a path that is not known. */
  readonly names: (evidence: Evidence) => readonly string[];
  readonly absent: Code;
  readonly misplaced: Code;
  readonly example: string;
}

const name = (path: string): string => path.replace(/^.*\//, "");

function shippedCheck({ id, title, fact, names, absent, misplaced, example }: Shipped): Check {
  const found: EvidencePart = {
    facts: { paths: { [fact]: example } },
    steps: { [step]: said(`pkg: ${example}\ndpkg: /usr/bin/dpkg-query\n`) },
  };
  return {
    id,
    tier: "contract",
    title,
    gating: true,
    needs: [step],
    judge: evidence => {
      const { paths } = evidence.facts;
      const built = builtByUser(evidence, parts[fact]);
      if (built) return built;
      const owned = packageManagers[evidence.cell.target.packageManager].readFind(stepOf(evidence, step));
      if (owned === null) return error("harness.output-unreadable", "The package database did not answer");
      const path = paths?.[fact];
      if (path !== undefined) return pass(path);
      // The step is written down before what it amounts to: a run may be killed in between.
      if (paths === undefined) return error("harness.not-observed", "The run ended before the parts were told apart");
      const misplacedAt = elsewhere(owned, names(evidence));
      return misplacedAt.length === 0
        ? fail(absent)
        : error(misplaced, undefined, `The package database has: ${misplacedAt.join(" ")}`);
    },
    examples: { pass: found, fail: { facts: { paths: {} }, steps: { [step]: said("dpkg: /usr/bin/dpkg-query\n") } } },
  };
}

/** Whether the installed packages bring each part at all. */
export const shippedChecks: readonly Check[] = [
  shippedCheck({
    id: "contract.qemu.shipped",
    title: "The distro ships QEMU",
    fact: "vmm",
    names: ({ cell }) => vmms[cell.scenario.vmm].binaries(cell.arch).map(name),
    absent: "vmm.not-packaged",
    misplaced: "vmm.path-unknown",
    example: "/usr/bin/qemu-system-x86_64",
  }),
  shippedCheck({
    id: "contract.virtiofsd.shipped",
    title: "The distro ships virtiofsd",
    fact: "virtiofsd",
    names: () => [...new Set(virtiofsdPaths.map(name))],
    absent: "virtiofsd.not-packaged",
    misplaced: "virtiofsd.path",
    example: "/usr/libexec/virtiofsd",
  }),
  shippedCheck({
    id: "contract.kernel.shipped",
    title: "The distro ships a kernel image",
    fact: "kernelImage",
    names: () => [],
    absent: "kernel.not-packaged",
    misplaced: "kernel.not-packaged",
    example: "/boot/vmlinuz-6.12.1-amd64",
  }),
];
