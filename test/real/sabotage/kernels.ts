import type { Sabotage } from "./package.ts";

/** Debian's kernel without the guest's side of vsock; the host's, in the same package, stays whole. */
export const kernelWithoutVsock: Sabotage = {
  name: "kv-kernel-no-vsock",
  without: ["/usr/lib/modules/*/kernel/net/vmw_vsock/vmw_vsock_virtio_transport.ko*"],
  afterwards: "ls /usr/lib/modules | xargs -n 1 depmod -a",
};
