/** Where the harness's own files are on the testbed: in memory, so on no disk that is kept. */
export const ownFolder = "/run/kata-verify";

/** The names by which channels are known on both sides: the guest agent's own, and the stand-in's for waking up. */
export const agentPort = "org.qemu.guest_agent.0";
export const wakePort = "io.kata-verify.wake.0";

/** Large results of commands wait here, bounded, until they are fetched. */
export const spillFolder = `${ownFolder}/spill`;

/** Lines of ours on the testbed's console begin with this. */
const mark = "kata-verify:";

/** The harness's files in the initrd, copied to `ownFolder`. */
export const initrdFolder = "own";

/**
 * Process 1 in the initrd: brings the disk's driver, mounts the disk and goes over to it. busybox calls itself through
 * /proc, which therefore comes first.
 */
export const initrdInit = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs dev /dev
while read -r module; do
  insmod "/modules/$module" || echo "${mark} cannot insert $module"
done </modules/list
until [ -b /dev/vda ]; do usleep 10000; done
mount -t ext4 -o noatime /dev/vda /root || echo "${mark} cannot mount the disk"
mkdir -p /root/dev /root/proc /root/run /root/sys
mount -t tmpfs -o mode=755,nosuid,nodev run /root/run
cp -a /${initrdFolder} /root${ownFolder}
mount -o move /dev /root/dev
mount -o move /proc /root/proc
echo "${mark} disk mounted"
exec /bin/busybox switch_root /root ${ownFolder}/busybox sh ${ownFolder}/init
`;

/**
 * Process 1 on the distro's disk: what a distro's boot does as far as it can be seen by the stack under test, in a fifth of
 * the time that systemd and udev take on an emulated CPU. The distro's own programs do what they are there for: modprobe
 * chooses KVM's module by the CPU's alias as udev has it do, systemd-sysctl and systemd-modules-load read the
 * distro's and the administrator's files.
 */
export const init = `own=${ownFolder}
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
say() { echo "${mark} $*"; }
have() { [ -x "$1" ]; }

# Container engines leave it in what they export, and programs go by it.
rm -f /.dockerenv
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mkdir -p /dev/pts /dev/shm /dev/mqueue /dev/hugepages $own/spill
mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 shm /dev/shm
mount -t mqueue -o nosuid,nodev,noexec mqueue /dev/mqueue
mount -t hugetlbfs -o nosuid,nodev hugetlbfs /dev/hugepages
mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 /sys/fs/cgroup
mount -t securityfs -o nosuid,nodev,noexec securityfs /sys/kernel/security
mount -t tmpfs -o nosuid,nodev,mode=700,size=256m spill $own/spill
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

# As systemd has it: what Kata mounts for a container is to show in what its virtiofsd was given before.
mount --make-rshared /

read -r controllers </sys/fs/cgroup/cgroup.controllers
for controller in $controllers; do echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control; done

# Opening such a node loads its module: that is how /dev/vhost-vsock works on a distro.
while read -r module name numbers; do
  case $module in '#'*) continue ;; esac
  [ -e "/dev/$name" ] && continue
  case $name in */*) mkdir -p "/dev/\${name%/*}" ;; esac
  type=\${numbers%%[0-9]*}
  numbers=\${numbers#"$type"}
  mknod -m 600 "/dev/$name" "$type" "\${numbers%:*}" "\${numbers#*:}"
done <"/lib/modules/$(uname -r)/modules.devname"

read -r alias </sys/devices/system/cpu/modalias
for module in $(/sbin/modprobe -b -R "$alias"); do
  case $module in kvm*) /sbin/modprobe -b "$module" || say "cannot load $module" ;; esac
done
have /usr/lib/systemd/systemd-modules-load && /usr/lib/systemd/systemd-modules-load
have /usr/lib/systemd/systemd-sysctl && /usr/lib/systemd/systemd-sysctl
have /usr/lib/apparmor/apparmor.systemd && /usr/lib/apparmor/apparmor.systemd reload
ifconfig lo up
[ -f /etc/hostname ] && hostname -F /etc/hostname

port() {
  for one in /sys/class/virtio-ports/*; do
    read -r name <"$one/name" && [ "$name" = "$1" ] && echo "/dev/\${one##*/}"
  done
}
"$own/standin" wake "$(port ${wakePort})" &
for agent in /usr/sbin/qemu-ga /usr/bin/qemu-ga; do
  have "$agent" || continue
  say "starting $agent"
  : >$own/qemu-ga.conf
  QGA_CONF=$own/qemu-ga.conf "$agent" -m virtio-serial -p "$(port ${agentPort})" -t /run -f $own/qemu-ga.pid &
  break
done
while :; do sleep 1000000; done
`;
