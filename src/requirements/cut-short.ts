import type { Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";

/** The exit code of a shell whose last program got SIGKILL. */
const killed = 137;

/** What dash and busybox say of any other program that got it; bash puts the line and the pid before it. */
const shellsWords = /(?:^|\s)Killed(?:\s|$)/m;

function wasKilled({ argv, ending, stderr }: Seen): boolean {
  if (ending.kind === "signalled") return ending.signal === "SIGKILL";
  return argv[0] === "sh" && ((ending.kind === "exited" && ending.code === killed) || shellsWords.test(stderr));
}

/**
 * Why a program could not say all that it had to, through no doing of its own: no harness sends SIGKILL but for time, which is
 * another ending, and the kernel does when memory runs out. Undefined where it ended by itself, and for a VMM, whose end is its guest's.
 */
export function cutShort(step: string, seen: Seen): Reason | undefined {
  const detail = seen.stderr.trimEnd().split("\n").slice(-3).join("\n");
  if (wasKilled(seen))
    return reason("infra.memory", `${step} was killed, as the kernel does when memory runs out`, detail);
  if (seen.ending.kind !== "timedOut" || step === "guest.vmm") return undefined;
  return reason("infra.slow", `${step} did not end in time`, detail);
}
