import type { Observation } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import { type QemuGuest, qemuGuest } from "../../vmms/qemu-guest.ts";
import { identifyVirtiofsd, virtiofsdArguments } from "../../vmms/virtiofsd.ts";
import { initParameters } from "../../workloads/init.ts";
import type { Boot, Workload } from "../../workloads/workload.ts";
import { type Emit, observeStep, seen } from "../seen.ts";
import { readEnding } from "./collect.ts";
import { refusedBy } from "./refusal.ts";
import { inspect, startVirtiofsd, startVmm } from "./start.ts";

/** The guest without what differs from one start to the next. */
export type GuestMachine = Omit<QemuGuest, "parameters" | "devices" | "qmp" | "serial">;

export interface Attempt {
  readonly testbed: Testbed;
  readonly boot: Boot;
  readonly machine: GuestMachine;
  readonly virtiofsd: { readonly path: string; readonly version: string } | undefined;
  readonly virtiofsdWaitMs: number;
  readonly emit: Emit;
}

export interface Started {
  readonly argv: readonly [string, ...string[]];
  /** What is left of the workloads: those whose device the VMM took. */
  readonly workloads: readonly Workload[];
  /** What the VMM said of itself. */
  readonly said: Observation;
  /** Whether it came as far as saying anything. */
  readonly up: boolean;
}

/**
 * Starts the VMM with the devices of the workloads. One whose daemon or device does not work is left out, with what was
 * seen as evidence, and the VMM is started again: it must not hide the others.
 */
export async function start(attempt: Attempt, workloads: readonly Workload[]): Promise<Started> {
  const { testbed, boot, emit } = attempt;
  const serving = workloads.some(({ id }) => id === "virtiofs") ? await serve(attempt) : false;
  const served = workloads.filter(({ id }) => id !== "virtiofs" || serving);
  const argv = qemuGuest({
    ...attempt.machine,
    parameters: initParameters(boot, served),
    devices: served.flatMap(workload => workload.devices(boot)),
    qmp: "{qmp}",
  });
  const descriptors = served.flatMap(workload => workload.descriptors?.(boot) ?? []);
  await testbed.run(startVmm(boot, descriptors, argv));
  const said = await testbed.run(inspect(boot).command);
  const up = said.ending.kind === "exited" && said.ending.code === 0;
  const refused = up ? undefined : await refusal(attempt, served);
  if (refused === undefined) {
    emit({ kind: "observed", step: "guest.kvm", seen: seen(said) });
    return { argv, workloads: served, said, up };
  }
  emit({ kind: "observed", step: `guest.refused-${refused.workload.id}`, seen: seen({ ...refused.seen, argv }) });
  return start(
    attempt,
    served.filter(workload => workload !== refused.workload),
  );
}

async function serve({ testbed, boot, virtiofsd, virtiofsdWaitMs, emit }: Attempt): Promise<boolean> {
  if (virtiofsd === undefined) return false;
  const rest = virtiofsdArguments(
    identifyVirtiofsd(virtiofsd.version)?.kind ?? "rust",
    `${boot.folder}/virtiofs.sock`,
    `${boot.folder}/shared`,
  );
  const observation = await observeStep(
    testbed,
    startVirtiofsd(boot, [virtiofsd.path, ...rest], virtiofsdWaitMs),
    emit,
  );
  return new TextDecoder().decode(observation.stdout).startsWith("waiting");
}

/** Why the VMM did not come up, if that is a workload's doing; the console is every workload's. */
async function refusal({ testbed, boot }: Attempt, workloads: readonly Workload[]) {
  const script = 'cat "$1/vmm.log" >&2; cat "$1/vmm.pid.ended"';
  const observation = await testbed.run({ argv: ["sh", "-c", script, "sh", boot.folder], timeoutMs: 10_000 });
  const ending = readEnding(new TextDecoder().decode(observation.stdout));
  if (ending?.kind !== "exited" || ending.code === 0) return undefined;
  const workload = refusedBy(new TextDecoder().decode(observation.stderr), boot, workloads);
  return workload && workload.id !== "console"
    ? { workload, seen: { ...observation, ending, stdout: new Uint8Array() } }
    : undefined;
}
