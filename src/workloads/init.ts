import type { Boot, Workload } from "./workload.ts";
import { token } from "./workload.ts";

/** Parameters on the guest kernel's command line that init reads. */
export const initParameters = (boot: Boot, workloads: readonly Workload[]): readonly string[] => [
  `kv.run=${workloads.map(({ id }) => id).join(",")}`,
  `kv.token=${token(boot.nonce)}`,
  `kv.nonce=${boot.nonce}`,
  `kv.mac=${boot.mac}`,
  `kv.patience=${Math.ceil(boot.patienceMs / 1000)}`,
];

/** Names by which init calls busybox. */
export const commands = [
  ...["cat", "dmesg", "grep", "hexdump", "ip", "kill", "mkdir", "mount", "ping", "poweroff", "readlink", "sh"],
  ...["sha256sum", "sleep", "sync", "tail", "umount"],
] as const;

/**
 * The shell's own words wherever they will do: under emulation each program that is started takes up to a tenth of a second.
 *
 * The console's driver comes first, for without it nothing is heard: where it is a module the kernel starts init without
 * standard streams, and /dev/console cannot be opened.
 */
const start = `#!/bin/sh
export PATH=/bin
mount -t devtmpfs dev /dev
exec </dev/null >/dev/kmsg 2>&1
mount -t proc proc /proc
mount -t sysfs sys /sys
read -r line </proc/cmdline
for word in $line; do
  case $word in kv.*) word=\${word#kv.}; eval "\${word%%=*}=\\\${word#*=}" ;; esac
done

newline='
'
insert() { error=$(standin insert /modules <"/modules/$workload.list" 2>&1) || mark module "$error"; }
mark() { printf '\\n%s %s %s=%s\\n' "$token" "$workload" "$1" "$2"; }
mark_first() { first=; read -r first <"$2"; mark "$1" "$first"; }
mark_sum() { sum=$(sha256sum <"$2"); mark "$1" "\${sum%% *}"; }

workload=console console=/dev/kmsg tries=$((patience * 5))
insert
while [ ! -c /dev/hvc0 ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
[ ! -c /dev/hvc0 ] || console=/dev/hvc0
exec <"$console" >"$console" 2>&1
dmesg -n 1
workload=guest
read -r uptime idle </proc/uptime
mark up "$uptime"
mkdir /done
`;

const begin = ({ id, script }: Workload) => `
case ,$run, in *,${id},*)
{
  workload=${id}
  mark begin yes
  insert
${script.trim()}
  mark end yes
  echo >/done/${id}
} &
began="$began $!" all="$all ${id}"
esac
`;

/** Kernel messages are only shown where something is missing: each costs an exit from the guest for 16 bytes. */
const end = (last: string) => `
late=
trap 'late=yes' USR1
{ sleep "$patience"; kill -USR1 1; } &
for pid in $began; do [ -n "$late" ] || wait "$pid"; done
for workload in $all; do
  [ -e "/done/$workload" ] && continue
  mark overdue "\${patience}s"
  late=yes
done
[ -z "$late" ] || dmesg | tail -n 60
workload=shutdown
mark begin yes
sync
${last.trim()}
`;

/**
 * The guest's /init: begins every workload of the boot in the background, so that none waits for another, and ends when
 * all have ended or the boot's patience has. `shutdown` is what it does last.
 */
export function initScript(workloads: readonly Workload[]): string {
  const last = workloads.find(({ id }) => id === "shutdown")?.script ?? "poweroff -f";
  const others = workloads.filter(({ id }) => id !== "shutdown");
  return start + others.map(begin).join("") + end(last);
}
