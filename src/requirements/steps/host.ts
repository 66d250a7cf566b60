import type { Step } from "../../model/command.ts";
import { hostDevices } from "../host.ts";

const timeoutMs = 30_000;

/**
 * Arguments: DEVICE MODULE, again and again. Prints a line for each:
 * `DEVICE node=yes|no opens=yes|no module=yes|no probed=N|- node=… opens=…`, first as the machine came up (opening a node
 * makes the kernel ask for the module), then after modprobe where it did not open. The shell's `<>` would make a file
 * where there is no node.
 */
const devicesScript = `
node() { [ -c "$1" ] && echo yes || echo no; }
opens() { [ -c "$1" ] && ( : <>"$1" ) 2>/dev/null && echo yes || echo no; }
while [ $# -gt 0 ]; do
  device=$1 module=$2; shift 2
  before="node=$(node "$device") opens=$(opens "$device")"
  probed=-
  case $before in *opens=no) modprobe "$module" >&2; probed=$? ;; esac
  printf '%s %s module=%s probed=%s node=%s opens=%s\\n' "$device" "$before" "$module" "$probed" \\
    "$(node "$device")" "$(opens "$device")"
done`;

/** KVM's module is the processor's: which one to ask for is in /proc/cpuinfo. */
const kvmScript = `flag=$(grep -m1 -ow -e vmx -e svm /proc/cpuinfo)
case $flag in vmx) module=kvm_intel ;; svm) module=kvm_amd ;; *) module=kvm ;; esac
printf 'flag=%s\\n' "$flag"
exec sh -c "$1" sh /dev/kvm "$module"`;

const settings = [
  "/proc/version",
  "/proc/sys/kernel/io_uring_disabled",
  "/proc/sys/vm/overcommit_memory",
  "/sys/fs/cgroup/cgroup.controllers",
  "/sys/kernel/security/lsm",
  "/sys/module/kvm_amd/parameters/nested",
  "/sys/module/kvm_intel/parameters/nested",
];

/** What only the distro's own running kernel can tell. They load modules that the settings and the log are of. */
export const hostSteps: readonly Step[] = [
  {
    id: "host.devices",
    command: {
      argv: ["sh", "-c", devicesScript, "sh", ...hostDevices.flatMap(({ device, module }) => [device, module])],
      timeoutMs,
    },
  },
  { id: "host.kvm", command: { argv: ["sh", "-c", kvmScript, "sh", devicesScript], timeoutMs } },
];

/** Prints PATH:CONTENT for those that exist, and ends with 2 where one does not. */
export const hostSettingsStep: Step = {
  id: "host.settings",
  command: { argv: ["grep", "-s", "", ...settings], timeoutMs },
};

/** The line that the kernel log of a machine which has had a life before this run ends with as the run begins. */
export const hostLogBeginStep: Step = {
  id: "host.log-begin",
  command: { argv: ["sh", "-c", "dmesg | tail -n 1"], timeoutMs },
};

/** Denials are of interest once something has run. */
export const hostLogStep: Step = { id: "host.log", command: { argv: ["dmesg"], timeoutMs } };
