import * as z from "zod";

/** The machine that the harness runs on. */
export const Runner = z.looseObject({
  kernel: z.string(),
  cpu: z.string(),
  cpus: z.int(),
  memoryMiB: z.int(),
  engine: z.string(),
});

/** What a small guest showed of this runner's /dev/kvm. */
export const Preflight = z.looseObject({
  kvm: z.enum(["boots", "unusable", "absent"]),
  /** Whether this machine is itself a virtual one. */
  virtualized: z.boolean(),
  /** Whether a program plays its processor: its KVM works, and proves nothing of hardware. */
  emulated: z.boolean().optional(),
  /** Whether `emulated` is only that nothing proves the contrary, of an architecture whose processors do not say. */
  unproven: z.boolean().optional(),
  /** Who runs the processor, as it says itself, where it says that it is virtual: up to twelve characters, `KVMKVMKVM`. */
  signature: z.string().optional(),
  vhostVsock: z.boolean(),
  /** Whether a VM of its KVM's gets a KVM of its own. */
  nested: z.boolean().optional(),
  /** What was seen, one line. */
  saw: z.string(),
});
export type Preflight = z.infer<typeof Preflight>;
