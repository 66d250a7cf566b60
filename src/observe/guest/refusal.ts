import type { Boot, Workload } from "../../workloads/workload.ts";

/**
 * The workload whose device or descriptor a VMM refused: QEMU quotes the argument before its complaint, the stand-in the
 * descriptor's name. Undefined where the complaint is of something that every guest has.
 */
export function refusedBy(stderr: string, boot: Boot, workloads: readonly Workload[]): Workload | undefined {
  const descriptor = /^standin launch: ([a-z]+)/m.exec(stderr)?.[1];
  return workloads.find(({ id, devices }) => id === descriptor || devices(boot).some(one => quoted(stderr, one)));
}

/** Descriptors' numbers are not known here: an argument is compared up to the first. */
function quoted(stderr: string, argument: string): boolean {
  const [start = ""] = argument.split("{");
  return !argument.startsWith("-") && stderr.includes(start);
}
