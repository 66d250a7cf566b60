import type { Command, Step } from "../../model/command.ts";
import type { Boot } from "../../workloads/workload.ts";
import { token } from "../../workloads/workload.ts";

/** Starts virtiofsd alone and waits until it listens or ends: what it says then is not lost in what a VMM says. */
export function startVirtiofsd(boot: Boot, argv: readonly string[], waitMs: number): Step {
  const { standin, folder } = boot;
  const rest = [standin, folder, String(Math.ceil(waitMs / 50)), ...argv];
  return {
    id: "guest.virtiofsd",
    command: { argv: ["sh", "-c", virtiofsdScript, "sh", ...rest], timeoutMs: waitMs * 2 + 10_000 },
  };
}

/** One of an earlier attempt may still wait for its VMM. 00010000 in /proc/net/unix is a socket that listens. The log goes to standard error, to be seen with the ending. */
const virtiofsdScript = `
standin=$1 folder=$2 tries=$3; shift 3
if [ -e "$folder/virtiofsd.pid" ]; then
  kill -KILL "$(cat "$folder/virtiofsd.pid")" 2>/dev/null
  until [ -e "$folder/virtiofsd.pid.ended" ]; do sleep 0.05; done
fi
rm -f "$folder/virtiofsd.pid" "$folder/virtiofsd.pid.ended" "$folder/virtiofs.sock"
"$standin" spawn "$folder/virtiofsd.pid" "$folder/virtiofsd.log" -- "$@" >/dev/null || exit
until grep -q " 00010000 .* $folder/virtiofs.sock$" /proc/net/unix; do
  if [ -e "$folder/virtiofsd.pid.ended" ] || [ "$tries" -le 0 ]; then break; fi
  sleep 0.05; tries=$((tries - 1))
done
cat "$folder/virtiofsd.log" >&2
if [ -e "$folder/virtiofsd.pid.ended" ]; then
  read -r how code <"$folder/virtiofsd.pid.ended"; echo "$how $code"; exit 1
fi
[ "$tries" -gt 0 ] && echo waiting
`;

/** Starts the recorder of the console, and the VMM with its descriptors. */
export function startVmm(boot: Boot, descriptors: readonly string[], argv: readonly string[]): Command {
  const { standin, folder, nonce, patienceMs } = boot;
  const launch = ["--listen", `qmp=${folder}/qmp.sock`, ...descriptors, "--", ...argv];
  return {
    argv: ["sh", "-c", vmmScript, "sh", standin, folder, token(nonce), String(patienceMs), ...launch],
    timeoutMs: 30_000,
  };
}

const vmmScript = `
standin=$1 folder=$2 token=$3 patience=$4; shift 4
rm -f "$folder/vmm.pid.ended" "$folder/record.pid.ended" "$folder/console.sock"
"$standin" spawn "$folder/record.pid" "$folder/record.log" -- \\
  "$standin" record "$folder/console.sock" "$folder/console" "$token" "$folder/vmm.pid" "$patience" >/dev/null &&
exec "$standin" spawn "$folder/vmm.pid" "$folder/vmm.log" -- "$standin" launch "$@"
`;

/** What the VMM says of itself once it is up, and the descriptors that it holds: whether it runs under KVM. */
export const inspect = ({ standin, folder, patienceMs }: Boot): Step => ({
  id: "guest.kvm",
  command: {
    argv: ["sh", "-c", inspectScript, "sh", standin, folder, String(patienceMs)],
    stdin: ["qmp_capabilities", "query-version", "query-kvm"].map(execute => `{"execute": "${execute}"}\n`).join(""),
    timeoutMs: patienceMs + 10_000,
  },
});

const inspectScript = `
"$1" talk "$2/qmp.sock" "$2/vmm.pid" "$3" && read -r pid <"$2.pid" && ls -l "/proc/$pid/fd" | grep -o '[^ ]* -> .*'
`;

/**
 * The program that really runs: its path, and whether that is the very file that was asked for, whose digest is known. Of
 * any other it prints the SHA-256. Nothing of one that has ended meanwhile.
 */
export const identify = ({ folder }: Boot, vmm: string): Step => ({
  id: "guest.vmm-exe",
  command: { argv: ["sh", "-c", identifyScript, "sh", folder, vmm], timeoutMs: 30_000 },
});

const identifyScript = `
read -r pid <"$1.pid" && exe=$(readlink "/proc/$pid/exe") || exit
if [ "/proc/$pid/exe" -ef "$2" ]; then echo "exe $exe"; echo "same $2"; exit; fi
sum=$(sha256sum <"/proc/$pid/exe") || exit
echo "exe $exe"; echo "sha256 \${sum%% *}"
`;
