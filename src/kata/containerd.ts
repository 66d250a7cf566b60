import type { Command, Seen, Step } from "../model/command.ts";
import type { Arch } from "../model/words.ts";
import { furniture } from "./lane.ts";

/** containerd's ways to give a container its root file system; `native`, which copies, where overlayfs cannot be mounted. */
export type Snapshotter = "overlayfs" | "native";

/** Where the harness's containerd keeps everything: in memory on a testbed that is a VM, or gone with the testbed. */
export const containerdFolder = "/run/kata-verify/containerd";

/**
 * What of containerd is of no use to its client `ctr`: above all what answers Kubernetes, which takes half of the time in
 * which containerd starts. Names that a version does not know do nothing.
 */
const disabled = [
  ...["grpc.v1.cri", "cri.v1.images", "cri.v1.runtime", "nri.v1.nri"],
  ...["snapshotter.v1.aufs", "snapshotter.v1.blockfile", "snapshotter.v1.btrfs", "snapshotter.v1.devmapper"],
  ...["snapshotter.v1.erofs", "snapshotter.v1.zfs", "internal.v1.opt", "internal.v1.tracing"],
  ...["tracing.processor.v1.otlp", "differ.v1.erofs"],
].map(name => `io.containerd.${name}`);

/** containerd's own configuration file, in the version that all releases from 1.3 to 2.x read. */
export const containerdConfig = (arch: Arch, snapshotter: Snapshotter): string => `version = 2
root = "${containerdFolder}/root"
state = "${containerdFolder}/state"
disabled_plugins = [
${disabled.map(name => `  "${name}",\n`).join("")}]

[grpc]
  address = "${furniture.address}"

# Kata's Go shim passes the guest's console on only where containerd tells it to debug, and that follows containerd's own level.
[debug]
  level = "debug"

# Since containerd 2.0 its client asks it to unpack images, which it then does for this snapshotter only.
[plugins."io.containerd.transfer.v1.local"]
  [[plugins."io.containerd.transfer.v1.local".unpack_config]]
    platform = "linux/${arch}"
    snapshotter = "${snapshotter}"
`;

export const containerdConfigPath = `${containerdFolder}/config.toml`;

/** Where the name of the snapshotter is that the testbed can have. */
export const snapshotterPath = `${containerdFolder}/snapshotter`;

/** Until containerd serves its socket; and until it has taken the image. */
const startMs = 5_000;
const importMs = 10_000;

/**
 * containerd as a daemon, with variables of its own where programs of it are not the distro's. Ends with 0 when its socket is
 * there, with 1 when it has ended before.
 */
export const startContainerd = (containerd: string, standin: string, env?: Command["env"]): Command => ({
  argv: ["sh", "-c", startScript, "sh", standin, furniture.busybox, containerdFolder, ...startWords(containerd)],
  timeoutMs: startMs,
  ...(env && { env }),
});

const startWords = (containerd: string) => [
  furniture.address,
  furniture.containerdLog,
  ...[containerd, "--config", containerdConfigPath],
];

const startScript = `
standin=$1 busybox=$2 folder=$3 socket=$4 log=$5; shift 5
"$standin" spawn "$folder/pid" "$log" -- "$@" || exit
until [ -S "$socket" ]; do
  [ ! -e "$folder/pid.ended" ] || exit 1
  "$busybox" usleep 20000
done
`;

/** Gives containerd an image in an archive, unpacked. */
export const importImage = (ctr: string, snapshotter: Snapshotter, archive: Uint8Array): Command => ({
  argv: [ctr, ...options, "images", "import", "--snapshotter", snapshotter, "-"],
  stdin: archive,
  timeoutMs: importMs,
});

const options = ["--address", furniture.address, "--namespace", furniture.namespace];

/** Asks containerd for its version and its images, where it is to be used: it may have died or hung since it was started. */
export const askContainerd = (ctr: string): Step => ({
  id: "kata.containerd",
  command: { argv: ["sh", "-c", askScript, "sh", snapshotterPath, ctr, ...options], timeoutMs: 20_000 },
});

const askScript = `
read -r name <"$1" && echo "snapshotter $name"; shift
"$@" version | while read -r line; do echo "version $line"; done
"$@" images ls -q | while read -r line; do echo "image $line"; done
`;

export interface Answer {
  readonly snapshotter: Snapshotter;
  /** The server's, as it says it: `1.7.24~ds1`. */
  readonly version: string;
}

/** Undefined where containerd does not answer, or has not the harness's image. */
export function readAnswer({ stdout }: Seen): Answer | undefined {
  const server = stdout.slice(stdout.indexOf("version Server:"));
  const version = /^version Version: *(\S+)/m.exec(server)?.[1];
  const [, snapshotter] = /^snapshotter (overlayfs|native)$/m.exec(stdout) ?? [];
  const hasImage = stdout.split("\n").includes(`image ${furniture.image}`);
  if (version === undefined || !stdout.includes("version Server:") || !hasImage) return undefined;
  return { snapshotter: snapshotter === "overlayfs" ? "overlayfs" : "native", version };
}
