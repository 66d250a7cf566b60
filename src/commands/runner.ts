import { cpus, release, totalmem } from "node:os";
import type { z } from "zod";
import type { Preflight, Runner } from "../model/runner.ts";
import type { RunnerFacts } from "../plan/testbed.ts";
import { lookAtRunner } from "../testbeds/vm/kvm.ts";
import { rememberedPreflight } from "../testbeds/vm/remembered.ts";
import { osRelease } from "./os-release.ts";

/** What the device nodes alone tell. */
export async function untriedRunner(): Promise<RunnerFacts> {
  const { device, ...rest } = await lookAtRunner();
  return { kvm: device ? "untried" : "absent", ...rest, release: osRelease() };
}

/** What preflight found out. */
export const triedRunner = ({ nested = false, emulated = false, ...seen }: Preflight): RunnerFacts => ({
  ...{ kvm: seen.kvm, vhostVsock: seen.vhostVsock, virtualized: seen.virtualized, emulated, nested },
  release: osRelease(),
});

/** What is known of this runner where nothing may be tried: what an earlier run remembered, else the device nodes. */
export async function knownRunner(cache: string): Promise<RunnerFacts> {
  const seen = await rememberedPreflight(cache);
  return seen ? { ...triedRunner(seen), remembered: true } : untriedRunner();
}

/** This machine, for the evidence: no name, no address. */
export const runnerFacts = (engine: string): z.infer<typeof Runner> => ({
  kernel: release(),
  cpu: cpus()[0]?.model ?? "unknown",
  cpus: cpus().length,
  memoryMiB: Math.floor(totalmem() / 2 ** 20),
  engine,
});
