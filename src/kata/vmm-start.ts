import type { Command, Seen, Step } from "../model/command.ts";
import type { Acceleration } from "../model/words.ts";
import type { Lane } from "./lane.ts";
import { vmmMark } from "./processes.ts";

/** The VMM as it was while its guest came up: one that never got so far is gone when the others are looked at. */
export interface VmmAtStart {
  readonly pid: string;
  /** Whether it held a virtual machine of KVM's. */
  readonly vm: boolean;
  /** Whether a virtual processor of its ran under TCG, by the name that QEMU gives to such a thread. */
  readonly tcg: boolean;
  readonly exe: string;
}

/** Seconds between two looks. */
const everySeconds = "1";

const placeOf = ({ folder }: Lane) => `${folder}/vmm-start`;

/**
 * The client that starts a sandbox, and beside it looks at the VMM, until one shows what its guest runs on. The last look that
 * found a VMM is kept in a file of the lane's.
 */
export const watchingVmm = (lane: Lane, { argv, ...rest }: Command): Command => ({
  ...rest,
  argv: ["sh", "-c", script, "sh", placeOf(lane), lane.ids.sandbox, everySeconds, ...argv],
});

/**
 * No process but a VMM has its mark among its arguments, this shell and its `grep` neither. Kata has QEMU name its threads, and
 * QEMU calls those of virtual processors `CPU 0/KVM` or `CPU 0/TCG`.
 */
const script = `
place=$1 id=$2 every=$3; shift 3
look() {
  printf '${vmmMark("%s")}\\n' "$id" | grep -lsaF -f - /proc/[0-9]*/cmdline | while IFS=/ read -r none proc pid file; do
    exe=$(readlink "/proc/$pid/exe") || continue
    vm=no tcg=no
    case $(ls -l "/proc/$pid/fd") in *"-> anon_inode:kvm-vm"*) vm=yes ;; esac
    case $(cat "/proc/$pid/task/"*/comm) in *"CPU"*"/TCG"*) tcg=yes ;; esac
    echo "$pid vm=$vm tcg=$tcg $exe"
  done >"$place.now"
  [ ! -s "$place.now" ] || mv "$place.now" "$place"
  grep -qsF -e vm=yes -e tcg=yes "$place"
}
until look; do sleep "$every"; done </dev/null >/dev/null 2>&1 & looker=$!
"$@"; code=$?
kill "$looker" 2>/dev/null
exit "$code"
`;

/** What was kept, in the end `looked`. */
export const readVmmStart = (lane: Lane): Step => ({
  id: "kata.vmm-start",
  command: {
    argv: ["sh", "-c", '[ ! -e "$1" ] || cat "$1"; echo looked', "sh", placeOf(lane)],
    timeoutMs: 10_000,
  },
});

const form = /^(\d+) vm=(yes|no) tcg=(yes|no) (.+)$/gm;

/** Whether what was kept could be read to its end. */
export const readToItsEnd = ({ stdout }: Seen): boolean => stdout.split("\n").includes("looked");

/** None where nobody looked, or no VMM was found. */
export const vmmsAtStart = (seen: Seen | undefined): readonly VmmAtStart[] =>
  [...(seen?.stdout ?? "").matchAll(form)].map(([, pid = "", vm, tcg, exe = ""]) => ({
    ...{ pid, exe, vm: vm === "yes", tcg: tcg === "yes" },
  }));

/** What ran a sandbox's guest while it came up: what the testbed can give, where a VMM held a virtual machine of KVM's. Undefined where that was not seen. */
export function startedUnder(seen: Seen | undefined, offered: Acceleration): Acceleration | undefined {
  const all = vmmsAtStart(seen);
  if (all.some(({ vm }) => vm)) return offered;
  return all.some(({ tcg }) => tcg) ? "tcg" : undefined;
}

/** A VMM of the sandbox's that was asked for KVM and ran its guest without; undefined where none was seen to. */
export function vmmThatFellBack(seen: Seen | undefined): VmmAtStart | undefined {
  const all = vmmsAtStart(seen);
  return all.some(({ vm }) => vm) ? undefined : all.find(({ tcg }) => tcg);
}
