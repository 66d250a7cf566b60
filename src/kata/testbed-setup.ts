import type { Command } from "../model/command.ts";
import type { TestbedKind } from "../model/words.ts";
import { containerdFolder, snapshotterPath } from "./containerd.ts";
import { furniture } from "./lane.ts";

/** Bytes of the beginning, and of the end, of what is said to the system log that are kept. */
const logBytes = 2 * 1024 * 1024;

/** /dev/log as syslog(3) speaks, for Kata's runtime in Go, which starts no container without; the other for the one in Rust. */
export const logSockets = ["/dev/log", "/run/systemd/journal/socket"] as const;

/** The VM's guest agent says what it is asked to, many times a second. */
const except = ["--except", "qemu-ga"];

const logWords = (standin: string) => [standin, furniture.busybox, furniture.systemLog, String(logBytes), ...except];

/** Takes what is said to the system log, on a testbed where nobody else does. */
export const startLog = (standin: string): Command => ({
  argv: ["sh", "-c", logScript, "sh", ...logWords(standin), ...logSockets],
  timeoutMs: 10_000,
});

const logScript = `
standin=$1 busybox=$2 log=$3 most=$4; shift 4
"$standin" spawn "$log.pid" "$log.sockets" -- "$standin" gather "$log" "$most" "$@" || exit
until [ -e "$log" ] || [ -e "$log.pid.ended" ]; do "$busybox" usleep 20000; done
cat "$log.sockets"
`;

export interface Link {
  readonly path: string;
  readonly target: string;
}

/**
 * What a testbed needs before containerd is started: the links, and where it shares the runner's kernel what a distro's boot
 * does elsewhere. Prints `snapshotter NAME`.
 */
export const setUp = (kind: TestbedKind, links: readonly Link[]): Command => ({
  argv: ["sh", "-c", `${kind === "vm" ? "" : containerScript}${setUpScript}`, "sh", ...words(links)],
  timeoutMs: 20_000,
});

const words = (links: readonly Link[]) => [
  ...[furniture.busybox, containerdFolder, snapshotterPath],
  ...links.flatMap(({ path, target }) => [path, target]),
];

/**
 * Mounts of a container, or of a view of this machine, are private: what Kata mounts later would not show in what its virtiofsd was given. Its cgroups
 * are read-only, and those of version 2 have no controllers to give as long as programs are in the topmost one, nor in one
 * that is called as containerd calls that of its namespace's containers.
 */
const containerScript = `
"$1" mount --make-rshared /
while read -r source at type rest; do
  case $type in cgroup | cgroup2) "$1" mount -o remount,bind,rw,nosuid,nodev,noexec "$at" ;; esac
done </proc/mounts
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
  mkdir -p /sys/fs/cgroup/kata-verify-own
  while read -r pid; do echo "$pid" >/sys/fs/cgroup/kata-verify-own/cgroup.procs; done </sys/fs/cgroup/cgroup.procs 2>/dev/null
  read -r controllers </sys/fs/cgroup/cgroup.controllers
  for one in $controllers; do echo "+$one" >/sys/fs/cgroup/cgroup.subtree_control; done
fi
`;

/** Whether overlayfs can be mounted where containerd would, is found by mounting it. */
const setUpScript = `
busybox=$1 folder=$2 answer=$3; shift 3
while [ $# -gt 1 ]; do
  mkdir -p "\${1%/*}"
  ln -sfn "$2" "$1"
  shift 2
done
mkdir -p "$folder/probe/lower" "$folder/probe/upper" "$folder/probe/work" "$folder/probe/merged"
cd "$folder/probe" || exit
snapshotter=native
if "$busybox" mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged; then
  "$busybox" umount merged
  snapshotter=overlayfs
fi
cd / && rm -rf "$folder/probe"
echo "$snapshotter" >"$answer"
echo "snapshotter $snapshotter"
`;
