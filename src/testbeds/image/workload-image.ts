import { furniture } from "../../kata/lane.ts";
import type { Arch } from "../../model/words.ts";
import { directory, file, symlink } from "../initramfs/cpio.ts";
import { ociArchive } from "./oci.ts";

/** Names by which programs in a container call busybox. */
export const applets = [
  ...["ash", "awk", "basename", "cat", "chmod", "chown", "cmp", "cp", "cut", "date", "dd", "df", "dirname", "dmesg"],
  ...["du", "echo", "env", "expr", "false", "find", "free", "grep", "gzip", "head", "hostname", "id", "ifconfig", "ip"],
  ...["kill", "ln", "ls", "md5sum", "mkdir", "mkfifo", "mknod", "mktemp", "mount", "mv", "nc", "nproc", "od", "ping"],
  ...["printf", "ps", "pwd", "readlink", "realpath", "rm", "rmdir", "route", "sed", "seq", "sh", "sha256sum", "sleep"],
  ...["sort", "stat", "sync", "tail", "tar", "tee", "test", "timeout", "top", "touch", "tr", "true", "truncate"],
  ...["tty", "umount", "uname", "uniq", "uptime", "usleep", "wc", "wget", "which", "whoami", "xargs", "yes"],
] as const;

const empty = ["dev", "proc", "root", "run", "sys", "var", "volume"];

/** The image of every container that the harness starts, as an archive: nothing of it comes from a network. */
export const workloadImage = (arch: Arch, busybox: Uint8Array): Uint8Array =>
  ociArchive({
    reference: furniture.image,
    arch,
    command: ["/bin/sh"],
    env: { PATH: "/bin" },
    root: [
      file("bin/busybox", busybox, 0o755),
      ...applets.map(name => symlink(`bin/${name}`, "busybox")),
      file("image", "kata-verify's own image\n"),
      file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
      file("etc/group", "root:x:0:\n"),
      ...empty.map(name => directory(name)),
      directory("tmp", 0o1777),
    ],
  });
