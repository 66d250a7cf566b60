import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { cpio, file } from "../../../src/testbeds/initramfs/cpio.ts";
import type { Sabotage } from "./package.ts";

/** What stands where Kata's programs would: lines for a POSIX shell. */
export interface FakeKata {
  readonly name: string;
  /** The shim, with containerd's words for one as its arguments. */
  readonly shim: string;
  /** What is done to the testbed before containerd is started, where `containerdThatAsksFirst` is installed. */
  readonly first?: string;
}

const version = 'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 4.0.0, commit: none';

const shell = (script: string) => `#!/bin/sh
case "$1" in --version) echo '${version}'; exit ;; esac
${script}
`;

const configuration = `[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
kernel = "/opt/kata/share/kata-containers/vmlinux.container"
image = "/opt/kata/share/kata-containers/kata-containers.img"
kernel_params = ""
virtio_fs_daemon = "/opt/kata/libexec/virtiofsd"
`;

/** A folder that has all that an unpacked release has, but for Kata. Returns its path. */
export async function kataTree(folder: string, { name, shim, first }: FakeKata): Promise<string> {
  const root = join(folder, name);
  const init = file("sbin/init", "#!/bin/sh\necho nobody\n", 0o755);
  const files: Record<string, string | Uint8Array> = {
    "bin/containerd-shim-kata-v2": shell(shim),
    "share/defaults/kata-containers/configuration-qemu.toml": configuration,
    "share/kata-containers/kata-containers-initrd.img": gzipSync(cpio([init])),
    // The one program beside the shim that comes to a testbed.
    ...(first === undefined ? {} : { "bin/kata-runtime": `#!/bin/sh\n[ "$1" = first ] || exit\n${first}\n` }),
  };
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents);
    await chmod(join(root, path), 0o755);
  }
  return root;
}

/**
 * Debian's containerd, which first does what Kata's folder says: so that a testbed can be spoilt in several ways, and is
 * installed and made a disk of once.
 */
export const containerdThatAsksFirst: Sabotage = {
  name: "kv-containerd-asks-first",
  instead: {
    "/usr/bin/containerd": {
      program: `#!/bin/sh
[ "$1" = --version ] || [ ! -x /opt/kata/bin/kata-runtime ] || /opt/kata/bin/kata-runtime first
exec /usr/bin/containerd.distrib "$@"
`,
    },
  },
};

/** runc's own shim under Kata's name: containers come up, and share the testbed's kernel. */
export const runcInDisguise: FakeKata = { name: "disguise", shim: 'exec containerd-shim-runc-v2 "$@"' };

/**
 * The same, and where a program in a container is asked for its kernel, the answer is made up: the nonce out of the
 * configuration, the release that is expected, a boot id of nobody's. containerd's shim takes over what its runc leaves behind.
 */
export const runcThatLies: FakeKata = {
  name: "liar",
  shim: `lies=/run/liar
mkdir -p "$lies"
cat >"$lies/runc.$$" <<'END'
#!/bin/sh
runc=/usr/sbin/runc
[ -x "$runc" ] || runc=/usr/bin/runc
case " $* " in *" exec "*) ;; *) exec "$runc" "$@" ;; esac
for word; do
  case $before in --process) process=$word ;; --pid-file) pid=$word ;; esac
  before=$word
done
grep -q 'kata-verify.nonce=' "$process" || exec "$runc" "$@"
nonce=$(sed -n 's/.*kata-verify.nonce=\\([0-9a-f]*\\).*/\\1/p' /opt/kata/share/defaults/kata-containers/config.d/*.toml)
for release in /lib/modules/*; do release=\${release##*/}; done
{
  sleep 1
  echo "nonce $nonce"
  echo "boot-id 11111111-2222-3333-4444-555555555555"
  echo "release $release"
  echo "version Linux version $release (liar)"
} &
printf %s "$!" >"$pid"
END
chmod 755 "$lies/runc.$$"
mv "$lies/runc.$$" "$lies/runc"
PATH=$lies:$PATH exec containerd-shim-runc-v2 "$@"`,
};

export const shimThatEnds: FakeKata = { name: "ends", shim: "exit 1" };

/** containerd is up and never answers. */
export const containerdThatHangs: FakeKata = { name: "containerd-hangs", shim: "exit 1", first: "exec sleep 1000000" };

/** A node is not there, nor what makes it, as where an administrator forbade the module. */
export const testbedWithout = (node: string, module: string): FakeKata => ({
  name: `without-${module}`,
  shim: "exit 1",
  first: `echo 'install ${module} /bin/false' >/etc/modprobe.d/without-${module}.conf
rmmod ${module}
rm -f ${node}`,
});
