import { chmod, constants, cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { furniture } from "../../src/kata/lane.ts";
import { cpio, file } from "../../src/testbeds/initramfs/cpio.ts";

const variable = "KATA_VERIFY_TEST_KATA";

/** Kata itself, unpacked, which no clone of the project has. */
export function kataAtHand(): string {
  const folder = process.env[variable];
  if (folder === undefined || folder === "")
    throw new Error(`${variable} is not set: it names a folder with an unpacked release of Kata's, such as /opt/kata`);
  return folder;
}

/** What is changed in a copy of it. */
export interface Spoilt {
  readonly name: string;
  /** What is done to the testbed before containerd is started, where `containerdThatAsksFirst` is installed: lines for a POSIX shell. */
  readonly first?: string;
  /** In the place of Kata's own. */
  readonly initrd?: Uint8Array;
}

/** Copies Kata below a folder, with a change. Returns the copy's path. */
export async function spoiltKata(folder: string, { name, first, initrd }: Spoilt): Promise<string> {
  const root = join(folder, name);
  await cp(kataAtHand(), root, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  const put = async (path: string, contents: string | Uint8Array) => {
    await rm(join(root, path));
    await writeFile(join(root, path), contents);
    await chmod(join(root, path), 0o755);
  };
  // Kata's tool is the one program beside the shim that comes to a testbed.
  if (first !== undefined) await put("bin/kata-runtime", `#!/bin/sh\n[ "$1" = first ] || exit\nset -e\n${first}\n`);
  if (initrd !== undefined) await put("share/kata-containers/kata-containers-initrd.img", initrd);
  return root;
}

/** On the testbed, a program behind a script, in which `$real` is the program itself. */
const behind = (path: string, script: string) => `mv ${path} ${path}.distrib
cat >${path} <<'WRAPPER'
#!/bin/sh
real=${path}.distrib
${script}exec "$real" "$@"
WRAPPER
chmod 755 ${path}`;

const daemon = "/usr/libexec/virtiofsd";

/** The distro's VMM, with something done to the words by which Kata starts a guest. */
const vmmWith = (name: string, change: string): Spoilt => ({
  name,
  first: behind("/usr/bin/qemu-system-x86_64", `case "$*" in *"-name sandbox-"*)\n${change} ;;\nesac\n`),
});

/** Takes the device of the shared folder for granted, and gives the guest none. */
export const vmmWithoutVirtiofs = vmmWith(
  "no-virtiofs",
  `  before=
  for word; do
    shift
    case $word in vhost-user-fs-pci,*) before= word= ;; esac
    [ -z "$before" ] || set -- "$@" "$before"
    before=$word
  done
  set -- "$@" "$before"`,
);

/** Asked for KVM, it runs TCG and says nothing. */
export const vmmThatFallsBack = vmmWith(
  "tcg",
  `  for word; do
    shift
    case $word in q35,accel=kvm*) word=q35,accel=tcg ;; host | host,*) word=max ;; esac
    set -- "$@" "$word"
  done`,
);

/** Serves the guest's first request, and is dead then, with all that it started. It says so of each only where it is to debug. */
export const virtiofsdThatDies: Spoilt = {
  name: "virtiofsd-dies",
  first: behind(
    daemon,
    `case "$*" in *--shared-dir*) ;; *) exec "$real" "$@" ;; esac
for word; do
  shift
  [ "$word" = --syslog ] || set -- "$@" "$word"
done
said=/run/virtiofsd-said.$$
mkfifo "$said"
"$real" --log-level debug "$@" 2>"$said" &
while read -r line; do case $line in *opcode=*) break ;; esac; done <"$said"
${furniture.busybox} pkill -KILL -f "^$real"
exit 1
`,
  ),
};

/** Kata's guest without Kata's agent, or any other first program. */
export const initrdWithoutAgent: Spoilt = {
  name: "no-agent",
  initrd: gzipSync(cpio([file("etc/hostname", "nobody\n")])),
};
