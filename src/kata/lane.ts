/** One pass of the container workloads under one runtime, on a testbed with containerd up: what all its commands are told. */
export interface Lane {
  /** Step ids begin with it: `control.exec`, `kata.exec`. */
  readonly name: "control" | "kata";
  /** `io.containerd.runc.v2`, or the absolute path of Kata's shim. */
  readonly runtime: string;
  /** Kata's configuration where it is at no place in which Kata looks by itself. */
  readonly configPath?: string;
  /** Path of the containerd client. */
  readonly ctr: string;
  /** containerd's socket; the harness's containerd is its own. */
  readonly address: string;
  readonly namespace: string;
  readonly snapshotter: string;
  /** The harness's own image in containerd: busybox as `/bin/busybox` with its applets, `/image` with a line of text. */
  readonly image: string;
  /** On the testbed, of this lane alone; removed at its end. */
  readonly folder: string;
  /** On the testbed; mounted as `/volume` in every container of the sandbox. */
  readonly volume: string;
  /** 32 hexadecimal digits of the run; under Kata also on the guest kernel's command line as `kata-verify.nonce=…`. */
  readonly nonce: string;
  /** Containers: the sandbox itself, and two that join it. */
  readonly ids: { readonly sandbox: string; readonly second: string; readonly limited: string };
  /** A prepared network namespace with a veth pair: `eth0` inside, its peer on the testbed, where something listens and says the nonce. */
  readonly network: {
    readonly namespace: string;
    readonly address: string;
    readonly peer: string;
    readonly port: number;
    /** Name of the peer's interface on the testbed. */
    readonly link: string;
  };
  /** Path of the stand-in on the testbed. */
  readonly standin: string;
  /** How many times slower than with KVM; at least 1. What waits inside a script is scaled by it. */
  readonly timeScale: number;
}

/** Where the harness's own containerd, its image and its logs are on a testbed. */
export const furniture = {
  address: "/run/kata-verify/containerd.sock",
  namespace: "kata-verify",
  image: "localhost/kata-verify:1",
  /** Its programs are there for a testbed that has none of its own. */
  busybox: "/run/kata-verify/busybox",
  /** Output of containerd, and with it of the shims. */
  containerdLog: "/run/kata-verify/containerd.log",
  /** What came to /dev/log and to the journal's socket, one line a message: Kata's shims log there. */
  systemLog: "/run/kata-verify/system.log",
} as const;
