import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const packages = {
  tools:
    "qemu-system-x86 linux-image-cloud-amd64 qemu-utils e2fsprogs libarchive13t64 tcc musl-dev busybox-static xz-utils zstd",
  target: "qemu-system-x86 virtiofsd linux-image-amd64 qemu-guest-agent",
} as const;

/** `$1` a folder for scratch: bootstrap, import, two installations, export, disk. */
const script = `set -e
cd "$1"
mmdebstrap --variant=minbase trixie base.tar
docker import base.tar kata-verify-hand:base
install() {
  name=$1; shift
  docker run --name "kata-verify-hand-$name" -e INITRD=No -e DEBIAN_FRONTEND=noninteractive kata-verify-hand:base \\
    sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' sh "$@"
  docker commit "kata-verify-hand-$name" "kata-verify-hand:$name"
  docker rm "kata-verify-hand-$name"
}
install tools ${packages.tools}
install target ${packages.target}
mkdir out
docker create --name kata-verify-hand-export kata-verify-hand:target true
docker export kata-verify-hand-export | docker run --rm -i -e LC_ALL=C.UTF-8 -v "$PWD/out:/out" kata-verify-hand:tools \\
  sh -c 'truncate -s 16G /out/disk.img && mke2fs -q -t ext4 -m 0 -d - /out/disk.img'
docker rm kata-verify-hand-export
`;

/** Milliseconds of the commands that make everything a testbed boots from, one after another. */
export function coldByHand(): number {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-hand-"));
  const begin = performance.now();
  try {
    const { status, stderr } = spawnSync("sh", ["-c", script, "sh", folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the commands by hand ended with ${status}: ${stderr.slice(-2000)}`);
    return performance.now() - begin;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const tag of ["target", "tools", "base"]) spawnSync("docker", ["rmi", "-f", `kata-verify-hand:${tag}`]);
  }
}
