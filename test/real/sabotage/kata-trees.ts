import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { cpio, file } from "../../../src/testbeds/initramfs/cpio.ts";

/** What stands where Kata's shim would: lines for a POSIX shell, with containerd's words for a shim as its arguments. */
export interface FakeShim {
  readonly name: string;
  readonly script: string;
  /** Further programs, by their paths below the tree. */
  readonly programs?: Readonly<Record<string, string>>;
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
export async function kataTree(folder: string, { name, script, programs = {} }: FakeShim): Promise<string> {
  const root = join(folder, name);
  const init = file("sbin/init", "#!/bin/sh\necho nobody\n", 0o755);
  const files: Record<string, string | Uint8Array> = {
    "bin/containerd-shim-kata-v2": shell(script),
    "share/defaults/kata-containers/configuration-qemu.toml": configuration,
    "share/kata-containers/kata-containers-initrd.img": gzipSync(cpio([init])),
    ...programs,
  };
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents);
    await chmod(join(root, path), 0o755);
  }
  return root;
}

/** runc's own shim under Kata's name: containers come up, and share the testbed's kernel. */
export const runcInDisguise: FakeShim = {
  name: "disguise",
  script: 'exec containerd-shim-runc-v2 "$@"',
};

/**
 * The same, and where a program in a container is asked for its kernel, the answer is made up: the nonce out of the
 * configuration, the release that is expected, a boot id of nobody's. containerd's shim takes over what its runc leaves behind.
 */
export const runcThatLies: FakeShim = {
  name: "liar",
  script: `PATH=/opt/kata/bin/lies:$PATH exec containerd-shim-runc-v2 "$@"`,
  programs: {
    "bin/lies/runc": `#!/bin/sh
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
echo "$!" >"$pid"
`,
  },
};

export const shimThatEnds: FakeShim = { name: "ends", script: "exit 1" };
