import { virtiofsdCapabilities } from "../requirements/virtiofsd-options.ts";

/** What containerd's client gives a container by default, as containerd's `oci.defaultUnixCaps` has it: runc must have it to give. */
const ofContainers = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/**
 * Linux capabilities that containerd, runc and Kata's runtime need where they run in a container themselves: for mounts,
 * namespaces and cgroups, for links and routes. Without SYS_RESOURCE, which runners that are machines of others need not
 * have to give: nothing raises a limit.
 */
export const runtimeCapabilities: readonly string[] = [
  ...new Set([...virtiofsdCapabilities, ...ofContainers, "NET_ADMIN", "SYS_ADMIN"]),
];
