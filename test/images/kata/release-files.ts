import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar, type TarEntry } from "modern-tar";

/** Paths below the release's folder: contents, or the target of a link. */
export type Members = Readonly<Record<string, string | { readonly link: string }>>;

const defaults = "share/defaults/kata-containers";
const guests = "share/kata-containers";

const configuration = `[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64"
kernel = "/opt/kata/${guests}/vmlinux.container"
image = "/opt/kata/${guests}/kata-containers.img"
`;

/** What a release of Kata 4 has, small. */
export const kata4: Members = {
  VERSION: "4.0.0\n",
  "versions.yaml": "assets: {}\n",
  "bin/containerd-shim-kata-v2": "the shim in Go",
  "bin/kata-runtime": "the tool",
  "bin/qemu-system-x86_64": "Kata's own QEMU",
  "libexec/virtiofsd": "Kata's own virtiofsd",
  "runtime-rs/bin/containerd-shim-kata-v2": "the shim in Rust",
  [`${defaults}/configuration-qemu.toml`]: configuration,
  [`${defaults}/configuration.toml`]: { link: "configuration-qemu.toml" },
  [`${defaults}/runtime-rs/configuration-qemu-runtime-rs.toml`]: configuration,
  [`${guests}/kata-containers-initrd.img`]: { link: "kata-alpine.initrd" },
  [`${guests}/kata-alpine.initrd`]: "an initrd",
  [`${guests}/kata-containers.img`]: { link: `/opt/kata/${guests}/kata-ubuntu.image` },
  [`${guests}/kata-ubuntu.image`]: "an image",
  [`${guests}/vmlinux.container`]: { link: "vmlinux-6.18" },
  [`${guests}/vmlinux-6.18`]: "a kernel",
};

export const without = (members: Members, ...paths: readonly string[]): Members =>
  Object.fromEntries(Object.entries(members).filter(([path]) => !paths.includes(path)));

/** Unpacks it into a folder. */
export async function lay(folder: string, members: Members): Promise<string> {
  for (const [path, one] of Object.entries(members)) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    if (typeof one !== "string") await symlink(one.link, place);
    else {
      await writeFile(place, one);
      await chmod(place, path.includes("bin/") ? 0o755 : 0o644);
    }
  }
  return folder;
}

export const fileEntry = (name: string, body: string, mode = 0o644): TarEntry => ({
  header: { name, type: "file", size: Buffer.byteLength(body), mode, mtime: new Date(0) },
  body,
});

export const linkEntry = (name: string, linkname: string, type: "symlink" | "link" = "symlink"): TarEntry => ({
  header: { name, type, linkname, size: 0, mtime: new Date(0) },
});

const folderEntry = (name: string): TarEntry => ({ header: { name, type: "directory", size: 0, mtime: new Date(0) } });

/** Members as a release's tarball has them, which is for `/`. */
export function entriesOf(members: Members, prefix = "./opt/kata/"): TarEntry[] {
  const files = Object.entries(members).map(([path, one]) =>
    typeof one === "string"
      ? fileEntry(`${prefix}${path}`, one, path.includes("bin/") ? 0o755 : 0o644)
      : linkEntry(`${prefix}${path}`, one.link),
  );
  return [...["./", "./opt/", "./opt/kata/"].map(folderEntry), ...files];
}

export const tar = async (entries: readonly TarEntry[]): Promise<Buffer> => Buffer.from(await packTar(entries));
export const tarGz = async (entries: readonly TarEntry[]): Promise<Buffer> => gzipSync(await tar(entries));
