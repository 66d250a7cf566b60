import type { Evidence } from "../model/evidence.ts";
import type { Code } from "../model/reason.ts";
import { emulated } from "../workloads/trouble.ts";
import { withoutVsock } from "./guest-vsock.ts";

/** What may be asked of evidence. */
export type KataTold = Pick<Evidence, "facts" | "steps" | "request">;

/** A text that says why, and what it means. */
export interface TroubleRow {
  readonly text: RegExp;
  readonly code: Code | ((told: KataTold) => Code);
  readonly message: string;
}

/** A node that Kata opens: the distro's doing where its own kernel runs, the runner's elsewhere. */
export const node =
  (absent: Code): ((told: KataTold) => Code) =>
  ({ request }) =>
    request.testbed === "vm" ? "host.device-missing" : absent;

/** What Kata tells its client before anything is started. */
export const refusals: readonly TroubleRow[] = [
  {
    text: /Unix syslog delivery error/,
    code: "harness.bug",
    message: "Nobody listened at /dev/log on the testbed, without which Kata's Go shim starts nothing",
  },
  {
    text: /binary not installed "|failed to resolve runtime path|invalid custom binary path/,
    code: "kata.shim-missing",
    message: "containerd does not find Kata's shim",
  },
  {
    text: /(?:fork\/exec |Virtio-fs daemon path |file )\S*virtiofsd\S*(?:: no such file| is invalid| does not exist)/,
    code: ({ facts }) => (facts.paths?.virtiofsd === undefined ? "virtiofsd.not-packaged" : "virtiofsd.path"),
    message: "Kata does not find virtiofsd",
  },
  {
    text: /fork\/exec \S*qemu\S*: /,
    code: "vmm.not-running",
    message: "Kata cannot start the VMM",
  },
  {
    text: /Cannot find usable config file|load TOML config failed|error (?:decoding|reading) (?:file|"\S*config\.d)|error applying key|invalid KATA_CONF_FILE/,
    code: "kata.config",
    message: "Kata does not read its configuration",
  },
  {
    text: /Image and initrd path cannot be both set|cannot set both image and initrd|unrecognised machinetype|[Ii]nvalid (?:hypervisor|configuration)\b/,
    code: "kata.config",
    message: "Kata refuses its configuration",
  },
  {
    text: /file \S+ does not exist|(?:path|image|initrd|kernel) \S+ is invalid: No such file/,
    code: "kata.config",
    message: "A file that the configuration names is not on the testbed",
  },
  {
    text: /host system doesn't support vsock|generate vhost vsock cid failed|failed to open \/dev\/vhost-vsock|open \/dev\/vhost-vsock: no such/,
    code: node("infra.no-vhost-vsock"),
    message: "Kata cannot open /dev/vhost-vsock on the testbed",
  },
  {
    text: /failed to add any hypervisor device to devices cgroup|open \/dev\/kvm: no such/,
    code: "infra.no-kvm",
    message: "Kata finds no /dev/kvm on the testbed",
  },
  {
    text: /\/dev\/net\/tun: (?:no such|No such)/,
    code: node("infra.no-tun"),
    message: "Kata cannot open /dev/net/tun on the testbed",
  },
  {
    text: /\/dev\/vhost-net: (?:no such|No such)/,
    code: node("infra.no-privilege"),
    message: "Kata cannot open /dev/vhost-net on the testbed",
  },
  {
    text: /\/dev\/(?:kvm|vhost-vsock|vhost-net|net\/tun): (?:permission denied|operation not permitted|Permission denied|Operation not permitted)/,
    code: "infra.no-privilege",
    message: "The testbed does not let Kata open a device",
  },
  {
    text: /no space left on device|No space left on device/,
    code: "infra.disk-full",
    message: "There was no room on the testbed",
  },
];

/** What the host kernel's log has of the parts under test. */
export const hostRows: readonly TroubleRow[] = [
  {
    text: /Out of memory: Killed process \d+ \((?:qemu|virtiofsd|containerd|kata)/,
    code: "infra.memory",
    message: "The testbed ran out of memory",
  },
  {
    text: /apparmor="DENIED".*(?:qemu|virtiofsd|kata)/,
    // A container of the runner's has a profile of the runner's.
    code: ({ request }) => (request.testbed === "container" ? "infra.no-privilege" : "lsm.apparmor"),
    message: "AppArmor denied something to the stack under test",
  },
  {
    text: /\bavc: +denied\b(?!.*permissive=1).*(?:qemu|virtiofsd|kata|vhost)/,
    code: "lsm.avc",
    message: "SELinux denied something to the stack under test",
  },
  { text: /\bqemu\S*\[\d+\]: segfault/, code: "vmm.crash", message: "The VMM died of SIGSEGV" },
  { text: /\bvirtiofsd\[\d+\]: segfault/, code: "virtiofsd.exited-early", message: "virtiofsd died of SIGSEGV" },
];

/** What the guest's console says of Kata's part in it; a kernel's own words are told elsewhere. */
export const consoleRows: readonly TroubleRow[] = [
  {
    text: /the base has no init|exec: .*(?:init|kata-agent).*not found|can't execute '\S*(?:init|kata-agent)'/,
    code: "kata.no-agent",
    message: "The guest's initrd has no agent",
  },
  {
    text: /error while loading shared libraries|Fatal glibc error|Failed to execute \S*(?:init|kata-agent)/,
    code: "kata.no-agent",
    message: "The agent does not start in the guest",
  },
  {
    text: /\/dev\/vsock: No such file|EAFNOSUPPORT|Address family not supported by protocol/,
    code: "guest.agent-no-vsock",
    message: "The agent finds no vsock in the guest",
  },
  {
    text: /cannot insert \S+: .*(?:ENOEXEC|[Ii]nvalid module format|disagrees|version magic)|disagrees about version of symbol/,
    code: "guest.wrong-kernel",
    message: "A module of another kernel was put into the guest",
  },
  {
    text: /tag <?kataShared>? not found|failed to mount kataShared|unknown filesystem type '?virtiofs/,
    code: "guest.virtiofs-mount",
    message: "The guest cannot mount the folder that Kata shares with it",
  },
  {
    text: /Attempted to kill init! exitcode=/,
    code: told => (withoutVsock(told) === undefined ? "kata.no-agent" : "guest.agent-no-vsock"),
    message: "The agent, which is the guest's first program, ended",
  },
];

/** On the console and true, but of less weight than what a kernel says of itself. */
export const lesserConsoleRows: readonly TroubleRow[] = [
  {
    text: /kata-verify: \S+ cannot insert |modprobe: FATAL: Module /,
    code: "guest.module-missing",
    message: "A module could not be inserted in the guest",
  },
];

/** What Kata tells its client of a guest that it spoke to. */
export const answers: readonly TroubleRow[] = [
  {
    text: /failed to mount kataShared|tag <?kataShared>? not found/,
    code: "guest.virtiofs-mount",
    message: "The guest cannot mount the folder that Kata shares with it",
  },
  {
    text: /failed to online \d+ CPU|unaligned hotplug range|memory hotplug is not enabled/,
    code: told => (emulated(told) ? "infra.slow" : "guest.hotplug"),
    message: "The guest did not take what was plugged in",
  },
  {
    text: /containerd\.sock: connect: |error while dialing|failed to dial |server is not responding/i,
    code: "containerd.not-answering",
    message: "containerd does not answer its client",
  },
  {
    text: /failed to start shim|ttrpc: closed|unsupported shim|shim (?:disconnected|exited)/,
    code: "kata.shim-exited",
    message: "Kata's shim died",
  },
];
