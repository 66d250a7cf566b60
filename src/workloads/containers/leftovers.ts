import { furniture, type Lane } from "../../kata/lane.ts";
import type { Seen, Step } from "../../model/command.ts";
import { onTestbed } from "./scripts.ts";

/**
 * Looks for what a lane's containers have or left, and prints a line for each: `process PID NAME`, `mount PATH`, `cgroup PATH`,
 * `state PATH`, `link NAME` of the lane's network namespace; in the end `looked`. What has one of their ids in its name, its
 * arguments, its cgroup or its folder is theirs, a VMM and its virtiofsd too: Kata names their sockets after the sandbox.
 */
export const leftovers = (lane: Lane, name: string): Step => {
  const { command, ...step } = onTestbed(lane, name, [script, furniture.busybox]);
  // Were they arguments, the look would find itself and whatever runs it.
  const words = [lane.network.namespace, lane.folder, ...Object.values(lane.ids)];
  return { ...step, command: { ...command, stdin: `${words.join("\n")}\n`, timeoutMs: 30_000 } };
};

/** What is there that was not before, or is not there that was, as a clause. */
export function left(before: Seen | undefined, after: Seen | undefined): string | undefined {
  const [was, is] = [before, after].map(seen => seen?.stdout.split("\n"));
  if (!was?.includes("looked") || !is?.includes("looked")) return "nobody could look at what was left";
  const more = is.filter(line => !was.includes(line));
  if (more.length > 0) return `there is left: ${more.join(", ")}`;
  const lost = was.filter(line => line.startsWith("link ") && !is.includes(line));
  return lost.length > 0 ? `the network was not given back as it was, without ${lost.join(", ")}` : undefined;
}

/** A shim ends a moment after it has answered that its last container is gone. What names the lane's folder is the setting's. */
const script = `
busybox=$1
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
tries=40
while found=$(processes); [ -n "$found" ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
[ -z "$found" ] || printf '%s\\n' "$found"

while read -r id parent device root at rest; do echo "mount $at"; done </proc/self/mountinfo | theirs
"$busybox" find /sys/fs/cgroup -type d 2>/dev/null | theirs | while read -r path; do echo "cgroup $path"; done
"$busybox" find /run/vc /run/kata /run/kata-containers /var/lib/vc 2>/dev/null | theirs |
  while read -r path; do echo "state $path"; done
"$busybox" nsenter --net="$namespace" "$busybox" cat /proc/net/dev | while read -r link rest; do
  case $link in *:*) echo "link \${link%%:*}" ;; esac
done
echo looked
`;
