import type { Seen } from "../model/command.ts";
import { type Code, type Reason, reason } from "../model/reason.ts";
import { lacking, lackingBy } from "./lacking.ts";
import { shortLines } from "./short-lines.ts";

const patterns: readonly (readonly [RegExp, Code])[] = [
  [/is not a valid device model name/, "vmm.device-missing"],
  [/invalid object type|Parameter 'qom-type' does not accept/, "vmm.object-missing"],
  [/[Uu]nsupported machine type/, "vmm.machine-missing"],
  [
    /failed to find romfile|could not load PC BIOS|[Cc]ould not find (?:ROM|firmware)|could not load (?:firmware|option rom)/,
    "vmm.rom-missing",
  ],
  [
    /does not accept value 'io_uring'|aio=\w+ was specified, but is not supported|invalid aio option/,
    "vmm.aio-unsupported",
  ],
  [/[Uu]nable to use io_uring|io_uring.*(?:not permitted|failed)/, "host.io-uring-disabled"],
  [
    /Property '.*' not found|has no property named|Invalid parameter|Expected '=' after parameter/,
    "vmm.property-missing",
  ],
  [/Could not access KVM kernel module: (?:No such file|No such device)/, "infra.no-kvm"],
  [/Could not access KVM kernel module|failed to initialize kvm/i, "infra.kvm-unusable"],
  [/KVM internal error|kvm_buf_set_msrs: Assertion|KVM: entry failed/, "infra.kvm-unusable"],
  [/kvm run failed Bad address|cannot set up guest memory/, "infra.memory"],
  [/invalid accelerator|requires KVM or HVF/, "vmm.option-rejected"],
  [/Failed to connect to '.*fs\.sock'|Failed to read msg header|vhost_backend_init failed/, "virtiofsd.exited-early"],
  [
    /kernel too old to load a ram disk|could not load kernel|invalid kernel header|without PVH ELF Note/,
    "guest.no-boot",
  ],
  [/invalid option|there is no option group|Could not open option/, "vmm.option-rejected"],
];

const lastLines = (text: string) => text.trimEnd().split("\n").slice(-20).join("\n");

/** What the harness's launcher ends with where it cannot hand QEMU what Kata's shim would (standin/launch.c). */
const unavailable = 69;

/** QEMU was not started then: it is nobody's doing but the machine's and ours. */
function launcherTrouble(stderr: string, detail: string): Reason | undefined {
  const [line, errno = ""] = /^standin launch: .*: (E[A-Z0-9]+)$/m.exec(stderr) ?? [];
  if (line === undefined) return undefined;
  const code = /^E(?:PERM|ACCES|ROFS)$/.test(errno) ? "infra.no-privilege" : "harness.not-observed";
  return reason(lackingBy(errno)?.code ?? code, `QEMU could not be given what it needs: ${line.slice(0, 300)}`, detail);
}

/**
 * Why a VMM ended, or would not start: by what it said, then by how it ended.
 * Null where it exited with 0 and said nothing that is known.
 */
export function diagnoseQemu({ ending, stderr }: Pick<Seen, "ending" | "stderr">): Reason | null {
  const detail = lastLines(stderr);
  const unheld = ending.kind === "exited" && ending.code === unavailable ? launcherTrouble(stderr, detail) : undefined;
  if (unheld) return unheld;
  const lines = shortLines(stderr).split("\n");
  const told = (code: Code, line: string) =>
    reason(code, `QEMU: ${line.replace(/^[^\s:]*qemu[^\s:]*: /, "").slice(0, 300)}`, detail);
  for (const [text, code] of patterns) {
    const line = lines.find(one => text.test(one));
    if (line !== undefined) return told(code, line);
  }
  for (const line of lines) {
    const lack = lacking(line);
    if (lack) return told(lack.code, line);
  }
  if (ending.kind === "notStarted") return reason("vmm.not-running", `QEMU did not start: ${ending.code}`, detail);
  if (ending.kind === "signalled") return signalled(ending.signal, detail);
  if (ending.kind !== "exited" || ending.code === 0) return null;
  if (ending.code === 126 || ending.code === 127)
    return reason("vmm.not-running", `QEMU did not start: exit code ${ending.code}`, detail);
  if (detail === "") return reason("vmm.not-running", `QEMU exited with ${ending.code} and said nothing`);
  return reason("vmm.crash", `QEMU exited with ${ending.code}: ${detail.split("\n").at(-1)?.slice(0, 300)}`, detail);
}

/** SIGKILL is not a program's own doing, and SIGBUS is what touching /dev/shm gives when it is full. */
function signalled(signal: string, detail: string): Reason {
  if (signal === "SIGKILL")
    return reason("infra.memory", "QEMU was killed, as the kernel does when memory runs out", detail);
  if (signal === "SIGBUS") return reason("infra.memory", "QEMU got SIGBUS: the memory behind /dev/shm ran out", detail);
  return reason("vmm.crash", `QEMU died of ${signal}`, detail);
}
