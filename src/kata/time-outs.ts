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

/** Seconds around what the runtime waits for: the client, the snapshot, the VMM's own start, the answer. */
const aroundIt = (slowness: number) => 10 + 5 * slowness;

/**
 * Milliseconds for containerd's client to start a sandbox under Kata, before the testbed scales them by `scale`: longer than
 * Kata waits itself, first for the agent and then for the container, because Kata alone says what it waited for.
 */
export function sandboxMs(slowness: number, scale: number): number {
  const { agent, container } = timeOuts(slowness);
  return Math.ceil(((agent + container + aroundIt(slowness)) * 1000) / scale);
}
