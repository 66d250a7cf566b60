/** Everything of ours in the guest's initrd is below it, so that nothing of the base is replaced. */
export const guestFolder = "kata-verify";

/** For the guest kernel's command line: the base's own init stays what it is. */
export const guestInitParameter = `rdinit=/${guestFolder}/init`;

/** The modules that a guest needs before Kata's agent can be reached, its folder be shared and its network come up. */
export const guestModules = [
  "virtio_pci",
  "virtio_console",
  "vmw_vsock_virtio_transport",
  "virtiofs",
  "virtio_net",
] as const;

/** Those that a guest needs only where a container is given a block device: Kata's runtimes plug it in one way or the other. */
export const blockModules = ["virtio_blk", "virtio_scsi", "sd_mod"] as const;

/**
 * Process 1 of the guest: Kata's agent asks for no module before it is reached over vsock, which is a module itself. Says how
 * far it is, with the guest's uptime, in the kernel's log, because the console may be a module too; then it becomes the base's own
 * init, with the arguments and variables that the kernel gave.
 */
export const guestInit = `#!/${guestFolder}/busybox sh
busybox=/${guestFolder}/busybox
there() {
  [ -e "$2" ] && return
  [ -d "$1" ] || $busybox mkdir "$1"
  $busybox mount -t "$3" "$3" "$1"
}
say() {
  read -r uptime idle </proc/uptime
  echo "kata-verify: $uptime $*" >/dev/kmsg
}
there /proc /proc/uptime proc
there /sys /sys/kernel sysfs
there /dev /dev/kmsg devtmpfs
say "init"
error=$(/${guestFolder}/standin insert /${guestFolder}/modules </${guestFolder}/modules.list 2>&1) ||
  say "cannot insert $error"
say "modules inserted"
for init in /init /sbin/init; do
  [ -x "$init" ] || continue
  say "going over to $init"
  exec "$init" "$@"
done
say "the base has no init"
exit 1
`;
