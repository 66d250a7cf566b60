import type { Container } from "./engine.ts";

/** The kernel's counts for a container's own cgroup, as version 2 and as version 1 have them. */
const counts = ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"];

/** Whether the kernel killed something in the container because memory ran out, there or on the whole runner. */
export async function lackedMemory(container: Pick<Container, "exec">): Promise<boolean> {
  const { stdout } = await container.exec(["cat", ...counts]).catch(() => ({ stdout: "" }));
  return /^oom_kill [1-9]/m.test(Buffer.from(stdout).toString());
}
