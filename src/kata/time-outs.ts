/** Seconds. */
export interface TimeOuts {
  /** From the start of the guest until its agent is spoken to. */
  readonly agent: number;
  /** For the agent to create one container. */
  readonly container: number;
  /** For a device that was plugged in to appear in the guest. */
  readonly hotplug: number;
}

const most = 600;

/** Kata's own, and more where the guest is slower. Its Rust runtime has 10 s for the agent where no other number is set. */
export const timeOuts = (slowness: number): TimeOuts => ({
  agent: Math.min(most, Math.max(45, Math.ceil(12 * slowness))),
  container: Math.min(most, Math.max(60, Math.ceil(12 * slowness))),
  hotplug: Math.min(60, Math.ceil(3 * slowness)),
});

/**
 * Milliseconds for containerd's client to start a sandbox under Kata, before they are scaled by a testbed's slowness: longer
 * than Kata waits itself, which alone says what it waited for.
 */
export const sandboxMs = 75_000;
