import type { Step } from "../../model/command.ts";
import { qemuGuest } from "../../vmms/qemu-guest.ts";
import { initParameters } from "../../workloads/init.ts";
import type { Boot } from "../../workloads/workload.ts";
import type { GuestMachine } from "./attempt.ts";

/**
 * The kernel once more without a device but a serial port: where a kernel has the driver of Kata's console as a module, it
 * can only die in silence before. Ends by itself where the kernel is well.
 */
export const diagnose = (machine: GuestMachine, boot: Boot, timeoutMs: number): Step => ({
  id: "guest.diagnosis",
  command: {
    argv: qemuGuest({ ...machine, parameters: initParameters(boot, []), devices: [], serial: true }),
    timeoutMs,
  },
});
