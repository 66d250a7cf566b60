import type { Acceleration } from "../model/words.ts";

const least: Readonly<Record<Acceleration, number>> = { kvm: 1, "kvm-nested": 2, tcg: 8, "kvm-emulated": 8 };

/** How many times slower than with KVM: a VM testbed tells by its own boot, which takes about 1.5 s with KVM. */
export const timeScale = (acceleration: Acceleration, bootMs: number | undefined): number =>
  Math.min(40, Math.max(least[acceleration], (bootMs ?? 0) / 1500));
