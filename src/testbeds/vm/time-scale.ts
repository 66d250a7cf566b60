/** Milliseconds from QEMU's start to the agent's answer on a machine with KVM. */
const usualBootMs = 2_500;

const most = 40;

/** What time-outs are multiplied by, from a measured boot; at least 1. */
export const timeScale = (bootMs: number): number => Math.min(most, Math.max(1, bootMs / usualBootMs));
