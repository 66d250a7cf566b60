import pLimit from "p-limit";
import { readContainerdVersion } from "../kata/containerd-version.ts";
import { askVersion, readShimVersion } from "../kata/shim-version.ts";
import type { Seen, Step } from "../model/command.ts";
import type { Facts, Package } from "../model/evidence.ts";
import { type Code, reason } from "../model/reason.ts";
import type { Testbed } from "../model/testbed.ts";
import { ownerStep } from "../requirements/checks/provenance.ts";
import { kernelSteps } from "../requirements/steps/kernel.ts";
import { virtiofsdIdentity, virtiofsdStarts } from "../requirements/steps/virtiofsd.ts";
import { vmms } from "../vmms/index.ts";
import { identifyVirtiofsd } from "../vmms/virtiofsd.ts";
import { lookUpComponents } from "./components.ts";
import { together } from "./guest/together.ts";
import { observeKernelNotes } from "./kernel-notes.ts";
import type { PartsOptions } from "./parts.ts";
import { observeStep, seen } from "./seen.ts";

/** It is a large program, of which the pages come from a cold disk. */
const versionMs = 20_000;

type Parts = NonNullable<Facts["paths"]>;

export interface ContractOptions extends PartsOptions {
  readonly parts: Parts;
  /** What is installed, as the installation recorded it; says which packages are candidates. */
  readonly packages: readonly Package[];
  /** Opens a machine with the harness's own programs. */
  readonly tools: () => Promise<Testbed>;
  readonly signal: AbortSignal;
  /** Commands at once; 4 unless told. */
  readonly concurrency?: number;
}

/** Runs a step, within the limits of the observation. */
export type Observe = (step: Step) => Promise<Seen>;

/**
 * Asks of the distro's parts everything that takes no virtual machine, and emits the fact `components`.
 * Rejects when the testbed is gone or the signal aborts; what the parts do wrong is an observation.
 */
export async function observeContract(options: ContractOptions): Promise<void> {
  const { testbed, emit, signal, parts, concurrency = 4 } = options;
  const limit = pLimit(concurrency);
  const all: Promise<Seen>[] = [];
  const observe: Observe = step => {
    const one = limit(async () => {
      signal.throwIfAborted();
      return seen(await observeStep(testbed, step, emit));
    });
    all.push(one);
    return one;
  };
  for (const [code, steps] of absences(parts))
    emit({ kind: "stopped", stopped: { stage: "exercise", tier: "contract", steps, reason: reason(code) } });
  const [vmm, virtiofsd, looked, containerd, kata] = await together([
    askVmm(options, observe),
    askVirtiofsd(parts, observe),
    lookUpComponents(options, observe),
    askContainerd(parts, observe),
    askShim(parts, observe),
    askKernel(options, observe),
  ]).finally(() => Promise.allSettled(all));
  const versions = { vmm, virtiofsd, guestKernel: parts.kernelRelease ?? null, containerd, kata };
  const components = looked.map(([part, component]) => [part, { ...component, version: versions[part] }]);
  emit({ kind: "fact", name: "components", value: Object.fromEntries(components) });
}

type Absence = readonly [Code, steps: string];

/** What keeps steps from being observed, so that their checks can say so. */
function absences({ vmm, virtiofsd, kernelImage }: Parts): Absence[] {
  const all: readonly (readonly [unknown, Code, readonly string[]])[] = [
    [vmm, "vmm.not-packaged", ["qemu.", ownerStep("vmm")]],
    [virtiofsd, "virtiofsd.not-packaged", ["virtiofsd.", ownerStep("virtiofsd")]],
    [kernelImage, "kernel.not-packaged", ["kernel.", "host.modules", ownerStep("guestKernel")]],
  ];
  return all
    .filter(([path]) => path === undefined)
    .flatMap(([, code, steps]) => steps.map((step): Absence => [code, step]));
}

async function askVmm({ parts, scenario, arch }: ContractOptions, observe: Observe): Promise<string | null> {
  if (parts.vmm === undefined) return null;
  const { kernelImage } = parts;
  const vmm = vmms[scenario.vmm];
  const given = { binary: parts.vmm, ...(kernelImage === undefined ? {} : { kernelImage }) };
  const [version] = await Promise.all(vmm.contractSteps(given, arch).map(observe));
  return version === undefined ? null : vmm.readVersion(version);
}

async function askVirtiofsd({ virtiofsd }: Parts, observe: Observe): Promise<string | null> {
  if (virtiofsd === undefined) return null;
  const [version] = await Promise.all(virtiofsdIdentity(virtiofsd).map(observe));
  const identity = version === undefined ? null : identifyVirtiofsd(version.stdout);
  await Promise.all(virtiofsdStarts(virtiofsd, identity?.kind ?? "rust").map(observe));
  return identity?.version ?? null;
}

async function askContainerd({ containerd }: Parts, observe: Observe): Promise<string | null> {
  if (containerd === undefined) return null;
  const command = { argv: [containerd, "--version"], timeoutMs: versionMs } as const;
  return readContainerdVersion((await observe({ id: "containerd.version", command })).stdout) ?? null;
}

/** Of the distro's own Kata. */
async function askShim({ kataShim }: Parts, observe: Observe): Promise<string | null> {
  if (kataShim === undefined) return null;
  const command = askVersion(kataShim);
  return readShimVersion((await observe({ id: "kata-shim.version", command })).stdout)?.version ?? null;
}

async function askKernel(options: ContractOptions, observe: Observe): Promise<void> {
  const { parts, arch } = options;
  const { kernelRelease, kernelImage, kernelConfig } = parts;
  if (kernelRelease === undefined || kernelImage === undefined) return;
  const config = kernelConfig === undefined ? {} : { config: kernelConfig };
  const steps = kernelSteps({ release: kernelRelease, image: kernelImage, ...config }, arch);
  const notes = arch === "amd64" ? [observeKernelNotes(options, kernelImage)] : [];
  await together([...steps.map(observe), ...notes]);
}
