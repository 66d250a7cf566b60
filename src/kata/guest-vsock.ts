import type { KataTold } from "./trouble-rows.ts";

/** What modprobe says of a module that neither the kernel's package nor the kernel itself has. */
const missing = /^vmw_vsock_virtio_transport: (.*\bnot found\b.*)$/m;

/**
 * The line by which the distro's kernel is known to have no vsock for a guest, over which alone Kata's agent is reached. The agent
 * does not say so: where it cannot listen it powers its guest off, and with it goes what it wrote last.
 */
export const withoutVsock = ({ steps }: Pick<KataTold, "steps">): string | undefined =>
  missing.exec(steps["kata.modules"]?.stdout ?? "")?.[1];
