import type { Lane } from "./lane.ts";

/**
 * Standard input for a script that begins with `belongings`. Were they its arguments, it would find itself, and whatever runs
 * it.
 */
export const belongingsInput = ({ network, folder, ids }: Lane): string =>
  `${[network.namespace, folder, ...Object.values(ids)].join("\n")}\n`;

/**
 * Shell functions that print what a lane's containers have on the testbed, a line for each: `process PID NAME`, `mount PATH`,
 * `cgroup PATH` or, where no process is in it, `emptied PATH`, `state PATH`. What has one of their ids in its name, its
 * arguments, its cgroup or its folder is theirs, a VMM and its virtiofsd too: Kata names their sockets after the sandbox.
 * Processes that name the lane's folder are the setting's. Needs `$busybox`; reads its input into `$namespace`, `$folder` and
 * `$ids`.
 */
export const belongings = `
read -r namespace
read -r folder
ids=$(cat)
theirs() { grep -F -e "$ids"; }
files() { printf '%s\\n' "$ids" | grep -lasF -f - "$@"; }
name() { read -r name <"/proc/$1/comm" && echo "process $1 $name"; } 2>/dev/null
processes() {
  {
    files /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup
    ls -ld /proc/[0-9]*/cwd 2>/dev/null | theirs | while read -r line; do line=\${line% -> *}; echo "\${line##* }"; done
  } | while IFS=/ read -r none proc pid file; do echo "$pid"; done | sort -un | while read -r pid; do
    printf '%s' "$folder/" | grep -qasF -f - "/proc/$pid/cmdline" || name "$pid"
  done
}
mounts() { while read -r id parent device root at rest; do echo "mount $at"; done </proc/self/mountinfo | theirs; }
cgroups() {
  "$busybox" find /sys/fs/cgroup -type d 2>/dev/null | theirs | while read -r path; do
    if [ -n "$(cat "$path/cgroup.procs" 2>/dev/null)" ]; then echo "cgroup $path"; else echo "emptied $path"; fi
  done
}
states() {
  "$busybox" find /run/vc /run/kata /run/kata-containers /var/lib/vc 2>/dev/null | theirs |
    while read -r path; do echo "state $path"; done
}
`;
