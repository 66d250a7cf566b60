import { type Check, type EvidencePart, error, fail, pass } from "../../model/check.ts";
import type { Evidence } from "../../model/evidence.ts";
import { printed } from "../../workloads/example.ts";
import { type DropIn, dropIn, readConfiguration } from "../drop-in.ts";
import { type Resolved, readEnv, readLoggedConfig } from "../resolved.ts";

const compared = ["vmm", "virtiofsd", "kernel", "initrd", "image"] as const;

/** Kata follows links, and /bin and /lib are such on most distros. */
const sameFile = (a: string, b: string) => a.replace(/^\/usr/, "") === b.replace(/^\/usr/, "");

function inForce({ steps }: Evidence): Resolved | undefined {
  return readEnv(steps["kata.configuration"]?.stdout ?? "") ?? readLoggedConfig(steps["kata.log"]?.stdout ?? "");
}

/** What the drop-in names, and of what it leaves as it is what came with Kata. */
function wantedParts({ facts, steps }: Evidence) {
  const { guestKernel, guestImage, guestInitrd } = facts.kata ?? {};
  const { vmm, virtiofsd, ...said } = readConfiguration(steps["kata.drop-in"]?.stdout ?? "");
  if (said.kernel !== undefined) return { vmm, virtiofsd, ...said };
  return { vmm, virtiofsd, kernel: guestKernel, image: guestImage, initrd: guestInitrd };
}

const wanted: DropIn = {
  ...{ runtime: "go", arch: "amd64", vmm: "/usr/bin/qemu-system-x86_64", kernelParams: "", nonce: "5eed" },
  guest: { kernel: "/boot/vmlinuz-6.12.1", initrd: "/initrd.img" },
  ioUring: true,
  slowness: 1,
};

const said = (vmm: string): EvidencePart => ({
  steps: {
    "kata.drop-in": printed(dropIn(wanted)),
    "kata.configuration": printed(
      JSON.stringify({
        Hypervisor: { Path: vmm },
        Kernel: { Path: "/boot/vmlinuz-6.12.1" },
        Initrd: { Path: "/initrd.img" },
        Image: { Path: "" },
      }),
    ),
  },
});

export const configuration: Check = {
  id: "kata.configuration",
  tier: "kata",
  title: "Kata uses the parts that the harness's drop-in names",
  gating: false,
  needs: ["kata.drop-in"],
  judge: evidence => {
    const asked = wantedParts(evidence);
    const used = inForce(evidence);
    if (used === undefined) return error("harness.not-observed", "Kata did not say which configuration is in force");
    const told = compared.filter(name => asked[name] !== undefined && used[name] !== undefined);
    const other = told.filter(name => !sameFile(String(used[name]), String(asked[name])));
    if (!told.includes("vmm")) return error("harness.output-unreadable", "Nobody named a VMM");
    if (other.length > 0) {
      const shown = other.map(name => `${name} is ${used[name] || "none"} and not ${asked[name] || "none"}`);
      return fail("kata.config", `Kata uses something else: ${shown.join("; ")}`);
    }
    return pass(told.map(name => `${name} ${used[name] || "none"}`).join(", "));
  },
  examples: { pass: said("/usr/bin/qemu-system-x86_64"), fail: said("/opt/kata/bin/qemu-system-x86_64") },
};
