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

/**
 * Of those, what runc starts no container without: the rules by which a cgroup of version 2 allows devices are a program,
 * and each container gets a keyring of its own.
 */
const forContainers = ["bpf", "keyctl"];

/** A profile in the engines' own form. */
const refusing = (names: readonly string[]) => ({
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: [],
  syscalls: [{ names, action: "SCMP_ACT_ERRNO", errnoRet: 1 }],
});

export const seccomp = {
  vmm: refusing(refused),
  containers: refusing(refused.filter(name => !forContainers.includes(name))),
} as const;
