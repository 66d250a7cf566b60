import { furniture, type Lane } from "../../kata/lane.ts";

export interface LaneOptions
  extends Pick<Lane, "name" | "runtime" | "ctr" | "snapshotter" | "nonce" | "standin" | "timeScale"> {
  readonly configPath?: string;
}

/** The lane of one run: everything that it makes on the testbed is called after the nonce. */
export function newLane(options: LaneOptions): Lane {
  const short = options.nonce.slice(0, 8);
  const called = `kv-${options.name}-${short}`;
  const folder = `/run/kata-verify/${called}`;
  return {
    ...options,
    address: furniture.address,
    namespace: furniture.namespace,
    image: furniture.image,
    folder,
    volume: `${folder}/volume`,
    ids: { sandbox: called, second: `${called}-second`, limited: `${called}-limited` },
    network: {
      namespace: `/run/netns/${called}`,
      address: "10.88.77.2",
      peer: "10.88.77.1",
      port: 7777,
      // An interface's name has 15 characters.
      link: `kv${short}`,
    },
  };
}
