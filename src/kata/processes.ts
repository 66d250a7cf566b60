import type { Seen, Step } from "../model/command.ts";
import type { Acceleration } from "../model/words.ts";
import type { Lane } from "./lane.ts";

/** A process that runs for a sandbox. */
export interface SandboxProcess {
  readonly pid: string;
  /** Whether it has /dev/kvm open, and a virtual machine of KVM's. */
  readonly kvm: boolean;
  readonly vm: boolean;
  /** Whether its program is the very file that is under test; else the SHA-256 of what it is. */
  readonly same: boolean;
  readonly sha256: string;
  readonly exe: string;
}

/**
 * Looks for the processes with a mark in their arguments; `expected` is the file that their program should be. A line for each:
 * `PID kvm=yes|no vm=yes|no same|SHA256 EXE`, in the end `looked`. The mark comes as input: as an argument the look would find
 * itself, and all that runs it.
 */
const look = (id: string, mark: string, expected: string): Step => ({
  id,
  command: { argv: ["sh", "-c", script, "sh", expected], stdin: `${mark}\n`, timeoutMs: 20_000 },
});

const script = `
expected=$1
grep -lsaF -f - /proc/[0-9]*/cmdline | while IFS=/ read -r none proc pid file; do
  exe=$(readlink "/proc/$pid/exe") || continue
  held=$(ls -l "/proc/$pid/fd") kvm=no vm=no
  case $held in *"-> /dev/kvm"*) kvm=yes ;; esac
  case $held in *"-> anon_inode:kvm-vm"*) vm=yes ;; esac
  which=same
  [ "/proc/$pid/exe" -ef "$expected" ] || { which=$(sha256sum <"/proc/$pid/exe"); which=\${which%% *}; }
  echo "$pid kvm=$kvm vm=$vm $which $exe"
done
echo looked
`;

/** Both runtimes name the VMM's guest so. */
export const vmmMark = (sandbox: string): string => `sandbox-${sandbox}`;

export const lookAtVmm = ({ ids }: Lane, vmm: string): Step => look("kata.vmm", vmmMark(ids.sandbox), vmm);

/** Both runtimes give it a folder below this one. */
export const lookAtVirtiofsd = ({ ids }: Lane, virtiofsd: string): Step =>
  look("kata.virtiofsd", `/shared/sandboxes/${ids.sandbox}/`, virtiofsd);

const form = /^(\d+) kvm=(yes|no) vm=(yes|no) (\S*) (.+)$/gm;

/** What a look printed; undefined where it did not come to its end. */
export function readProcesses(seen: Seen | undefined): readonly SandboxProcess[] | undefined {
  if (!seen?.stdout.split("\n").includes("looked")) return undefined;
  return [...seen.stdout.matchAll(form)].map(([, pid = "", kvm, vm, which = "", exe = ""]) => ({
    ...{ pid, exe, kvm: kvm === "yes", vm: vm === "yes" },
    ...{ same: which === "same", sha256: which === "same" ? "" : which },
  }));
}

/** What ran a sandbox's guest: what the testbed can give, where a VMM holds a virtual machine of KVM's. Undefined where no VMM was seen. */
export function sandboxRanUnder(look: Seen | undefined, offered: Acceleration): Acceleration | undefined {
  const ran = readProcesses(look) ?? [];
  if (ran.length === 0) return undefined;
  return ran.some(({ kvm, vm }) => kvm && vm) ? offered : "tcg";
}
