/**
 * Arguments: FOLDER, which has the programs `busybox` and `standin` and an empty folder `view`, and the folder below which the
 * programs of testbeds are. Runs as the first process of new mount, pid, network and IPC namespaces, as root. Makes of the
 * machine's own root file system a view that reads what is there and keeps in memory what is written, moves into it, prints
 * `up PID` with its pid on the machine, and lives as long as its standard input is open. All of it ends with it: the kernel
 * collects its orphans unseen, kills what is left in a pid namespace without a first process, and the mounts go with the last of them.
 *
 * Of file systems mounted below the root those of the system are seen, and none of its users. `/run` and `/tmp` begin empty: no
 * socket of a daemon of the machine's is there, its containerd and its system log among them. So do the folders of another Kata,
 * where its settings would be taken for ours. The kernel mounts no cgroup2 over a cgroup2, whatever part of the tree each shows, so
 * the machine's goes first.
 */
export const viewScript = `set -e
folder=$1 own=$2
busybox=$folder/busybox
read -r pid rest </proc/self/stat
seen=" "
"$busybox" mount -t tmpfs -o mode=755 view "$folder/view"
root=$folder/view/root
count=0
over() {
  "$busybox" mkdir -p "$folder/view/$count/upper" "$folder/view/$count/work"
  layers=lowerdir=$1,upperdir=$folder/view/$count/upper,workdir=$folder/view/$count/work
  count=$((count + 1))
  "$busybox" mount -t overlay -o "$layers" view "$2"
}
"$busybox" mkdir "$root"
over / "$root"
while read -r id parent device base at rest; do
  case $at in
    /boot | /boot/* | /etc | /etc/* | /lib* | /opt | /opt/* | /usr | /usr/*) ;;
    /var | /var/lib | /var/lib/dpkg | /var/lib/apt | /var/cache | /var/cache/apt) ;;
    *) continue ;;
  esac
  case $seen in *" $at "*) continue ;; esac
  seen="$seen$at "
  if [ -d "$at" ] && over "$at" "$root$at" 2>/dev/null; then continue; fi
  "$busybox" mount -o bind "$at" "$root$at"
  "$busybox" mount -o remount,bind,ro "$root$at"
done </proc/self/mountinfo
if [ -L /etc/resolv.conf ] && [ -e /etc/resolv.conf ]; then
  "$busybox" rm -f "$root/etc/resolv.conf"
  "$busybox" cp /etc/resolv.conf "$root/etc/resolv.conf"
fi
"$busybox" mkdir -p "$root/run" "$root/tmp" "$root/proc" "$root/sys" "$root/dev"
"$busybox" mount -t tmpfs -o mode=755 run "$root/run"
"$busybox" mount -t tmpfs -o mode=1777 tmp "$root/tmp"
for other in /opt/kata /etc/kata-containers; do
  [ ! -e "$other" ] || "$busybox" mount -t tmpfs -o mode=755 view "$root$other"
done
"$busybox" mount -t proc proc "$root/proc"
"$busybox" mount -o rbind /sys "$root/sys"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  "$busybox" umount "$root/sys/fs/cgroup"
  "$busybox" mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi
"$busybox" mount -t tmpfs -o mode=755 dev "$root/dev"
cd /dev
"$busybox" find . -xdev ! -type s ! -type f ! -type p | "$busybox" cpio -o -H newc >"$folder/view/dev"
cd "$root/dev"
"$busybox" cpio -id <"$folder/view/dev"
"$busybox" rm -f "$root/dev/log"
"$busybox" mkdir -p "$root/dev/pts" "$root/dev/shm"
"$busybox" mount -o rbind /dev/pts "$root/dev/pts"
"$busybox" mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
"$busybox" mkdir -p "$root$own" "$root/run/lock" "$root/tmp/machine"
"$busybox" cp "$busybox" "$folder/standin" "$root$own"
"$busybox" ip link set lo up
cd "$root"
"$busybox" pivot_root . tmp/machine
busybox=$own/busybox
"$busybox" umount -l /tmp/machine
"$busybox" rmdir /tmp/machine
echo "up $pid"
exec >/dev/null
exec env --ignore-signal=CHLD cat
`;
