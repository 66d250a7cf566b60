import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TestbedGone } from "../../model/testbed.ts";
import { type Agent, openAgent, openIdleAgent } from "./agent.ts";
import { type Bulk, createBulk } from "./bulk.ts";
import { kvmAccess } from "./kvm.ts";
import { folders, type Machine, machineArgv } from "./machine.ts";
import type { VmOptions } from "./options.ts";
import { startVmm, type Vmm } from "./vmm.ts";
import { wake } from "./wake.ts";

export interface StartSpec {
  readonly machine: Machine;
  /** The runner's folder for this VM alone. */
  readonly folder: string;
  /** The runner's folder of the disk. */
  readonly disk: string;
  readonly initrd: Uint8Array;
  /** The runner's folder of the snapshot to start from; absent for a boot. */
  readonly snapshot?: string;
}

/** A VM whose agent answers. */
export interface Started extends AsyncDisposable {
  readonly vmm: Vmm;
  readonly agent: Agent;
  readonly bulk: Bulk;
  /** Milliseconds from QEMU's start to the agent's first answer. */
  readonly tookMs: number;
}

/** An emulated machine that showed no sign of life at all: nothing was observed. */
export class Stalled extends TestbedGone {
  override readonly name = "Stalled";
}

/** `$0` what lies under the overlay, `$1` its format. */
const script = (under: string, format: string) =>
  `qemu-img create -q -f qcow2 -b ${under} -F ${format} ${folders.own}/overlay.qcow2 && exec "$@"`;

/** Milliseconds without a sign of life: the console's first byte, or after a restore the agent's answer. */
const stallMs = { kvm: 30_000, tcg: 60_000 } as const;
const agentMs = { kvm: 120_000, tcg: 360_000 } as const;

type StartOptions = Pick<VmOptions, "engine" | "tools" | "run" | "user" | "onConsoleLine" | "signal">;

/** Starts QEMU and waits for the agent. Rejects with `TestbedGone`; the folder is the caller's to remove. */
export async function start(options: StartOptions, spec: StartSpec): Promise<Started> {
  const { engine, tools, run, user, onConsoleLine, signal } = options;
  const { machine, folder, disk, initrd, snapshot } = spec;
  const { accelerator } = machine;
  await writeFile(join(folder, "initrd"), initrd);
  const bulk = await createBulk(folder);
  const kvm = accelerator === "kvm";
  const readOnly = (source: string, target: string) => ({ source, target, readOnly: true });
  const startedAt = performance.now();
  const vmm = await startVmm(engine, {
    container: {
      image: tools.imageId,
      run,
      user,
      ...(kvm ? await kvmAccess() : { devices: [], groups: [] }),
      mounts: [
        { source: folder, target: folders.own, readOnly: false },
        readOnly(disk, folders.disk),
        ...(snapshot === undefined ? [] : [readOnly(snapshot, folders.snapshot)]),
      ],
    },
    script:
      snapshot === undefined
        ? script(`${folders.disk}/disk.img`, "raw")
        : script(`${folders.snapshot}/overlay.qcow2`, "qcow2"),
    argv: [...machineArgv(machine), ...(snapshot === undefined ? [] : ["-incoming", `file:${folders.snapshot}/state`])],
    folder,
    emulated: !kvm,
    onConsoleLine,
    signal,
  }).catch(async error => {
    await bulk[Symbol.asyncDispose]();
    throw error;
  });
  const dispose = async () => {
    await vmm[Symbol.asyncDispose]();
    await bulk[Symbol.asyncDispose]();
  };
  const waiting = new AbortController();
  try {
    const connecting = connect(vmm, snapshot !== undefined, waiting.signal);
    const lifeless = sleep(stallMs[accelerator], undefined, { signal: waiting.signal }).then(() => {
      if (snapshot === undefined && vmm.console.bytesSeen() > 0) return late(vmm, agentMs[accelerator], waiting.signal);
      throw new Stalled("the testbed showed no sign of life", kvm ? "infra.testbed-no-boot" : "infra.emulation-stall");
    });
    const agent = await vmm.alive(Promise.race([connecting, lifeless]));
    return { vmm, agent, bulk, tookMs: performance.now() - startedAt, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  } finally {
    waiting.abort();
  }
}

/** Both ways end with a machine that has the time and random numbers of its own. */
async function connect({ sockets }: Vmm, restored: boolean, signal: AbortSignal): Promise<Agent> {
  const [forWaking, forAgent] = await Promise.all([sockets.connect("wake", signal), sockets.connect("agent", signal)]);
  if (!restored) return openAgent(forAgent, signal);
  await wake(forWaking, signal);
  return openIdleAgent(forAgent);
}

async function late(vmm: Vmm, ms: number, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal });
  throw new TestbedGone(
    `the testbed's guest agent did not answer; last on the console: ${vmm.console.lastLine()}`,
    "infra.testbed-no-boot",
  );
}
