import type { Step } from "../../model/command.ts";
import type { TestbedKind } from "../../model/words.ts";
import type { GuestFile } from "../../workloads/workload.ts";
import type { Names } from "./boot.ts";

export interface Look {
  readonly kind: TestbedKind;
  readonly names: Names;
  readonly standin: string;
  readonly virtiofsd: string | undefined;
  readonly kernelRelease: string;
  /** Where the initramfs would be, were it written already. */
  readonly initrd: string;
  readonly nodes: readonly string[];
  readonly files: readonly GuestFile[];
}

/**
 * Looks at the testbed and makes the boot's folder and files, in one command: on an emulated testbed each costs up to
 * 100 ms. Prints `KEY VALUE` lines; a file's key is its name, its value the SHA-256 of what is in it.
 */
export function look(what: Look): Step {
  const { kind, names, standin, virtiofsd = "", kernelRelease, initrd, nodes, files } = what;
  const pairs = files.flatMap(({ path, bytes }) => [path, String(bytes)]);
  const first = [kind, kernelRelease, names.folder, names.nonce, standin, virtiofsd, initrd, nodes.join(" ")];
  return { id: "guest.testbed", command: { argv: ["sh", "-c", script, "sh", ...first, ...pairs], timeoutMs: 30_000 } };
}

/** With as few programs as can be: each takes an emulated testbed 20 ms. The only one that may hang is the last. */
const script = `
echo "testbed $1"; echo "kernel $2"
folder=$3 nonce=$4 standin=$5 virtiofsd=$6 initrd=$7 nodes=$8; shift 8
mkdir -p "$folder/console" "$folder/shared" || exit
read -r line </proc/sys/kernel/random/boot_id; echo "boot-id $line"
read -r line </proc/sys/kernel/osrelease; echo "release $line"
[ ! -e "$initrd" ] || echo "initrd there"
"$standin" probe $nodes
for file; do
  shift
  case $file in /*) ;; *) truncate -s "$file" "$last" || exit; continue ;; esac
  printf '%s\\n' "$nonce" >"$file" || exit; last=$file; set -- "$@" "$file"
done
[ $# -eq 0 ] || sha256sum "$@" | while read -r sum file; do echo "\${file##*/} $sum"; done
[ -z "$virtiofsd" ] || { printf 'virtiofsd '; "$virtiofsd" --version 2>&1 </dev/null | { read -r line; echo "$line"; }; }
`;
