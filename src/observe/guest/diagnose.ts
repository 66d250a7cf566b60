import type { Step } from "../../model/command.ts";
import { qemuGuest } from "../../vmms/qemu-guest.ts";
import { initParameters } from "../../workloads/init.ts";
import type { Boot } from "../../workloads/workload.ts";
import type { GuestMachine } from "./attempt.ts";

/**
 * The kernel once more without a device but a serial port: where a kernel has the driver of Kata's console as a module, it
 * can only die in silence before. Ends by itself where the kernel is well.
 */
export function diagnose(machine: GuestMachine, boot: Boot, patienceMs: number): Step {
  const argv = qemuGuest({ ...machine, parameters: initParameters(boot, []), devices: [], serial: true });
  const seconds = String(Math.ceil(patienceMs / 1000));
  return {
    id: "guest.diagnosis",
    command: { argv: ["timeout", "-s", "KILL", seconds, ...argv], timeoutMs: patienceMs + 10_000 },
  };
}
