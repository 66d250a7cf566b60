import { readFileSync } from "node:fs";

/**
 * When a process of this machine started, in the kernel's ticks since boot: a pid alone is used again for other processes, with its
 * start time it is not. Undefined where there is none, or where it has ended and waits for its parent.
 */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses and may hold spaces and parentheses of its own.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
