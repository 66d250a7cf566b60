import { furniture, type Lane } from "../../../src/kata/lane.ts";
import { exampleNonce } from "../../../src/workloads/example.ts";

export const exampleLane = (name: Lane["name"], part: Partial<Lane> = {}): Lane => ({
  name,
  runtime: name === "control" ? "io.containerd.runc.v2" : "/opt/kata/bin/containerd-shim-kata-v2",
  ctr: "/usr/bin/ctr",
  address: furniture.address,
  namespace: furniture.namespace,
  snapshotter: "overlayfs",
  image: furniture.image,
  folder: `/run/kata-verify/kv-${name}-5eed`,
  volume: `/run/kata-verify/kv-${name}-5eed/volume`,
  nonce: exampleNonce,
  ids: { sandbox: `kv-${name}-5eed`, second: `kv-${name}-5eed-second`, limited: `kv-${name}-5eed-limited` },
  network: {
    ...{ namespace: `/run/netns/kv-${name}-5eed`, address: "192.0.2.2", peer: "192.0.2.1", port: 7777 },
    link: "kv5eed",
  },
  standin: "/run/kata-verify/standin",
  timeScale: 1,
  ...part,
});
