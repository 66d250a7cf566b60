import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import type { z } from "zod";
import type { Runner } from "../model/evidence.ts";
import type { RunnerFacts } from "../plan/testbed.ts";
import { type OsRelease, readOsRelease } from "../plan/this-machine.ts";

/** Whether the processor says that it is a virtual one. */
export const isVirtualized = (): boolean => /^flags\s*:.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "latin1"));

/** What the device nodes alone tell. */
export const untriedRunner = (): RunnerFacts => ({
  kvm: existsSync("/dev/kvm") ? "untried" : "absent",
  vhostVsock: existsSync("/dev/vhost-vsock"),
  virtualized: isVirtualized(),
  release: osRelease(),
});

/** The machine's own file, or where it is only a link of the distro's that is gone, the distro's. */
function osRelease(): OsRelease | undefined {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find(one => existsSync(one));
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
  return path === undefined ? undefined : readOsRelease(readFileSync(path, "utf8"), arch);
}

/** This machine, for the evidence: no name, no address. */
export const runnerFacts = (engine: string): z.infer<typeof Runner> => ({
  kernel: release(),
  cpu: cpus()[0]?.model ?? "unknown",
  cpus: cpus().length,
  memoryMiB: Math.floor(totalmem() / 2 ** 20),
  engine,
});
