import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { startTime } from "../start-time.ts";

/** Labels of every container that the harness starts. */
export const runLabel = "io.kata-verify.run";
export const ownerLabel = "io.kata-verify.owner";

/**
 * Where the pid means something: this boot of this machine, in this pid namespace. A harness in a container, given the
 * engine's socket, sees the same containers as one outside, and other pids.
 */
function place(): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
  return createHash("sha256")
    .update(`${boot}${readlinkSync("/proc/self/ns/pid")}`)
    .digest("hex")
    .slice(0, 16);
}

/** Names this process: `<pid>:<start time>:<place>`. */
export function ownName(): string {
  return `${process.pid}:${startTime(process.pid)}:${place()}`;
}

/** Whether the process of that name has ended. What cannot be told from here is `false`. */
export function isDead(owner: string): boolean {
  const [pid, started, where] = owner.split(":");
  if (where !== place()) return false;
  return startTime(Number(pid)) !== started;
}
