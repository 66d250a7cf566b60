import * as z from "zod";

/** Architectures by their OCI (and Debian) names. */
export const Arch = z.enum(["amd64", "arm64"]);
export type Arch = z.infer<typeof Arch>;

/** How far a cell goes, in order. */
export const Tier = z.enum(["contract", "guest", "kata"]);
export type Tier = z.infer<typeof Tier>;

export const TestbedKind = z.enum(["container", "vm", "local"]);
export type TestbedKind = z.infer<typeof TestbedKind>;

/** What runs a guest's instructions; what ran them is a recorded fact, never assumed. */
export const Acceleration = z.enum(["kvm", "kvm-nested", "kvm-emulated", "tcg"]);
export type Acceleration = z.infer<typeof Acceleration>;

/** Whether a processor is emulated: a time-out then proves nothing of the guest. */
export const isEmulated = (acceleration: Acceleration | undefined): boolean =>
  acceleration === "tcg" || acceleration === "kvm-emulated";

export const VmmId = z.enum(["qemu"]);
export type VmmId = z.infer<typeof VmmId>;

export const PackageManagerId = z.enum(["apt", "dnf"]);
export type PackageManagerId = z.infer<typeof PackageManagerId>;

/** Where in a cell's life something happened. */
export const Stage = z.enum(["provision", "install", "configure", "exercise"]);
export type Stage = z.infer<typeof Stage>;

export const WorkloadId = z.enum([
  "console",
  "virtiofs",
  "vsock",
  "block",
  "network",
  "entropy",
  "hotplug",
  "shutdown",
]);
export type WorkloadId = z.infer<typeof WorkloadId>;

/** What containers do, under runc and under Kata, in the order in which a lane runs it. */
export const ContainerWorkloadId = z.enum([
  "own-kernel",
  "exec",
  "rootfs",
  "network",
  "volume",
  "privileges",
  "surroundings",
  "block",
  "resources",
  "limits",
  "pod",
  "stop",
  "again",
]);
export type ContainerWorkloadId = z.infer<typeof ContainerWorkloadId>;

/** Those that decide; the others annotate. */
export const gatingContainers: readonly ContainerWorkloadId[] = [
  ...(["own-kernel", "exec", "rootfs", "network", "volume"] as const),
  ...(["limits", "pod", "stop"] as const),
];

/** Kata's two runtimes: its shim in Rust (the default since Kata 4.0), and in Go. */
export const KataRuntime = z.enum(["rust", "go"]);
export type KataRuntime = z.infer<typeof KataRuntime>;

/** Where Kata's binaries come from: its release page, a folder or tarball of the user's, the distro's own package. */
export const KataSource = z.enum(["release", "path", "distro"]);
export type KataSource = z.infer<typeof KataSource>;

/** What the harness brings from upstream where the distro has none. */
export const AdditionId = z.enum(["containerd", "runc"]);
export type AdditionId = z.infer<typeof AdditionId>;

/** The parts of the stack under test that a verdict accounts for. */
export const Part = z.enum(["vmm", "virtiofsd", "guestKernel", "hostKernel", "kata", "containerd"]);
export type Part = z.infer<typeof Part>;

/** The instant as ISO 8601 in UTC, whole milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 });
