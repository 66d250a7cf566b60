import type { Evidence } from "../model/evidence.ts";

/** What the testbed's running kernel says of itself. */
export const runningRelease = ({ steps }: Pick<Evidence, "steps">): string | undefined =>
  /^\/proc\/version:Linux version (\S+)/m.exec(steps["host.settings"]?.stdout ?? "")?.[1];

/**
 * Whether the testbed's kernel is the distro's: a VM boots it, a container has the runner's. This machine may run one that
 * is not the package's that was found on it: an older one, until it is booted again, or that of another machine, in a container.
 */
export function isHostKernelDistros({ request, facts, steps }: Pick<Evidence, "request" | "facts" | "steps">): boolean {
  if (request.testbed === "vm") return true;
  const running = runningRelease({ steps });
  return request.testbed === "local" && running !== undefined && running === facts.paths?.kernelRelease;
}
