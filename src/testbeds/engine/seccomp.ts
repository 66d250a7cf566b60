/**
 * System calls that no VMM needs and that reach beyond a container. The profile allows the rest, because what is under
 * test must not fail on the runner's profile: Docker's refuses io_uring since 25.0 (moby#46762) and vsock sockets since
 * 23.0 (moby#44562), and a refused call would be held against the distro. Most of these need capabilities that are dropped
 * as well.
 */
const refused = [
  "acct",
  "add_key",
  "bpf",
  "clock_adjtime",
  "clock_settime",
  "create_module",
  "delete_module",
  "finit_module",
  "get_kernel_syms",
  "init_module",
  "ioperm",
  "iopl",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "lookup_dcookie",
  "nfsservctl",
  "perf_event_open",
  "query_module",
  "quotactl",
  "quotactl_fd",
  "reboot",
  "request_key",
  "settimeofday",
  "stime",
  "swapoff",
  "swapon",
  "syslog",
  "vm86",
  "vm86old",
];

/** A profile in the engines' own form. */
export const vmmSeccomp = {
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: [],
  syscalls: [{ names: refused, action: "SCMP_ACT_ERRNO", errnoRet: 1 }],
};
