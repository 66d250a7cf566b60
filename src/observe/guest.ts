import type { Observation, Step } from "../model/command.ts";
import { TestbedGone } from "../model/testbed.ts";
import { type Acceleration, isEmulated } from "../model/words.ts";
import { ranUnder } from "../requirements/acceleration.ts";
import { cutShort } from "../requirements/cut-short.ts";
import { type GuestMachine, type Started, start } from "./guest/attempt.ts";
import { collect, readLeft } from "./guest/collect.ts";
import { diagnose } from "./guest/diagnose.ts";
import { type Followed, follow } from "./guest/follow.ts";
import { prepare, type Setting, type SettingOptions } from "./guest/setting.ts";
import { identify } from "./guest/start.ts";
import { together } from "./guest/together.ts";
import { writeDown } from "./guest/written.ts";
import { observeStep, seen } from "./seen.ts";

export interface GuestObserver extends Omit<SettingOptions, "patienceMs"> {
  /** What the testbed can give; the fact that is written down is what was seen. */
  readonly offered: Acceleration;
  /** How many times slower than a machine with KVM the testbed is; at least 1. */
  readonly timeScale: number;
  /** Ends the boot early, with nothing written that an early end would make untrue. */
  readonly signal: AbortSignal;
  readonly onConsoleLine?: (line: string) => void;
}

export interface GuestObserved {
  /** Under emulation the guest printed nothing at all: nothing was observed, and a fresh testbed may be asked again. */
  readonly stalled: boolean;
  /** The beginning and the end of what the console said, each up to 512 KiB: the journal has less. */
  readonly console: Uint8Array;
  /** The VMM's own output, up to 1 MiB. */
  readonly vmmLog: Uint8Array;
}

/** As Kata's tests give it; its default of 2 GiB proves no more and takes longer to set up. */
const memoryMiB = 512;

/** On a machine with KVM: until the guest's first program, for all workloads, and until the VMM has ended. */
const bootMs = 15_000;
const patienceMs = 10_000;
const powerOffMs = 5_000;

/**
 * Boots the kernel under test once, as Kata would, and writes down what both sides show: steps `guest.*`, facts `nonce` and
 * `acceleration`, which is taken back where the VMM did not answer. Rejects with `TestbedGone` only; what was seen until then is written.
 */
export async function observeGuest(observer: GuestObserver): Promise<GuestObserved> {
  const { testbed, emit, signal, timeScale } = observer;
  const setting = await prepare({ ...observer, patienceMs: patienceMs * timeScale });
  const { boot } = setting;
  const machine = describe(observer, setting);
  const started = await begin(observer, setting, machine);
  const ran = ranUnder(seen(started.said), observer.offered);
  emit({ kind: "fact", name: "acceleration", value: ran ?? null });
  // An emulated guest on an emulated processor gets nowhere that anybody would wait for, on any fresh testbed.
  const isHopeless = observer.offered === "kvm-emulated" && ran === "tcg";
  const followed = await exercise(observer, setting, started, isHopeless);
  const after = signal.aborted ? [] : started.workloads.flatMap(workload => workload.after?.(boot) ?? []);
  await together(after.map(step => observeStep(testbed, step, emit)));
  const left = readLeft(whole(await testbed.run(collect(boot.folder))).stdout);
  if (!signal.aborted) writeDown(emit, started.argv, followed, left);
  const silent = followed.seen === 0 && !signal.aborted;
  const waited = silent && followed.how === "timedOut" && isEmulated(ran ?? observer.offered);
  if (silent && !waited && started.up) await observeStep(testbed, diagnose(machine, boot, bootMs * timeScale), emit);
  return { stalled: waited && !isHopeless, console: left.console, vmmLog: left.vmm.stderr };
}

/** What a boot left is told whole or not at all: half a console would accuse the guest. */
function whole(told: Observation): Observation {
  const why = cutShort("collecting what the guest left", seen(told));
  if (why) throw new TestbedGone(why.message, why.code);
  return told;
}

function describe({ cell, paths, offered }: GuestObserver, { boot, uuid, initrd, facts }: Setting): GuestMachine {
  return {
    arch: cell.arch,
    accelerator: offered === "tcg" ? "tcg" : "kvm",
    binary: paths.vmm,
    id: boot.nonce.slice(0, 16),
    uuid,
    memoryMiB,
    testbedMemoryMiB: Number(facts.get("memory-mib") ?? memoryMiB),
    testbedCpus: Number(facts.get("cpus") ?? 1),
    kernel: paths.kernelImage,
    initrd,
    pidFile: `${boot.folder}.pid`,
    ...(paths.firmware === undefined ? {} : { firmware: paths.firmware }),
  };
}

function begin({ testbed, paths, timeScale, emit }: GuestObserver, setting: Setting, machine: GuestMachine) {
  const { boot, facts, workloads } = setting;
  const virtiofsd =
    paths.virtiofsd === undefined ? undefined : { path: paths.virtiofsd, version: facts.get("virtiofsd") ?? "" };
  return start({ testbed, boot, machine, virtiofsd, virtiofsdWaitMs: powerOffMs * timeScale, emit }, workloads);
}

/** The testbed's sides of all workloads, each as soon as the guest is ready for it. */
async function exercise(
  observer: GuestObserver,
  { boot }: Setting,
  { workloads }: Started,
  isHopeless: boolean,
): Promise<Followed> {
  const { testbed, paths, emit, signal, timeScale, onConsoleLine = () => {} } = observer;
  const patience = { bootMs: isHopeless ? 0 : bootMs * timeScale, runMs: (patienceMs + powerOffMs) * timeScale };
  const act = (step: Step) => observeStep(testbed, step, emit);
  const cues = workloads.flatMap(({ id, during }) => {
    const cue = during?.(boot);
    return cue ? [{ ...cue, once: `${id} ${cue.once}` }] : [];
  });
  const [followed] = await together([
    follow({ testbed, boot, patience, cues, act, signal, onConsoleLine }),
    act(identify(boot, paths.vmm)),
  ]);
  return followed;
}
