import type { Arch } from "../model/words.ts";
import type { Requirement } from "./requirement.ts";

export interface HostModule extends Requirement {
  readonly module: string;
  readonly arches: readonly Arch[];
  /** Modules of which one is enough, because the processor decides. */
  readonly oneOf?: string;
}

export interface HostDevice extends Requirement {
  readonly device: string;
  /** Which module makes it. */
  readonly module: string;
}

const both: readonly Arch[] = ["amd64", "arm64"];
const check = "src/runtime/cmd/kata-runtime/kata-check_amd64.go archRequiredKernelModules";
const vsock = "src/runtime/pkg/utils/utils.go SupportsVsocks";

/** Modules of the host kernel, as the kernel package has them. */
export const hostModules: readonly HostModule[] = [
  { module: "kvm", arches: both, from: check, provenBy: "contract.host.kvm" },
  { module: "kvm_intel", arches: ["amd64"], oneOf: "processor", from: check, provenBy: "contract.host.kvm" },
  { module: "kvm_amd", arches: ["amd64"], oneOf: "processor", from: check, provenBy: "contract.host.kvm" },
  { module: "vhost", arches: both, from: check, provenBy: "contract.host.devices" },
  { module: "vhost_net", arches: both, from: check, provenBy: "network" },
  { module: "vhost_vsock", arches: both, from: vsock, provenBy: "vsock" },
  { module: "tun", arches: both, from: "src/runtime/virtcontainers/network_linux.go createLink", provenBy: "network" },
];

/** Device nodes that Kata opens on the host, KVM's apart: that one is also the processor's. */
export const hostDevices: readonly HostDevice[] = [
  { device: "/dev/vhost-vsock", module: "vhost_vsock", from: vsock, provenBy: "vsock" },
  {
    device: "/dev/vhost-net",
    module: "vhost_net",
    from: "src/runtime/virtcontainers/network_linux.go createVhostFds",
    provenBy: "network",
  },
  {
    device: "/dev/net/tun",
    module: "tun",
    from: "src/runtime/virtcontainers/network_linux.go createFds",
    provenBy: "network",
  },
];
