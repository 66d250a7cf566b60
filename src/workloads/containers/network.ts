import { pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox, onTestbed } from "./scripts.ts";
import { waited } from "./waited.ts";

const title = "The container has its network from its first instruction, and TCP goes both ways";

/** The address in a line of `ip -o -4 addr show`: `2: eth0    inet 192.0.2.2/24 brd … scope global eth0`. */
const addressIn = (line: string | undefined) => /\binet ([\d.]+)\//.exec(line ?? "")?.[1];

const inside = (answer: string) =>
  printed(`address 192.0.2.2\neth0 2: eth0    inet 192.0.2.2/24 scope global eth0\nboot-id 0b\n${answer}`);
const outside = (eth0: string) => printed(`boot-id 0b\n${eth0}heard 0b\n`);
const eth0 = "eth0 2: eth0    inet 192.0.2.2/24 scope global eth0\n";
const proven = lanes(() => ({
  network: inside(`nonce ${exampleNonce}\n`),
  "network-testbed": outside(eth0),
}));

export const network: ContainerWorkload = {
  id: "network",
  letter: "D",
  title,
  steps: lane => {
    const { address, peer, port } = lane.network;
    const seconds = Math.ceil(10 * lane.timeScale);
    return [
      inSandbox(lane, "network", [connect, address, peer, String(port), String(seconds)], { waitMs: seconds * 1000 }),
      onTestbed(lane, "network-testbed", [readBack, `${lane.volume}/sandbox.start`, `${lane.folder}/heard`]),
    ];
  },
  check: containerCheck({
    id: "network",
    title,
    code: "kata.network",
    prove: (lane, evidence) => {
      const said = lines(evidence, `${lane}.network`);
      const heard = lines(evidence, `${lane}.network-testbed`);
      const [address, bootId] = [said.get("address"), said.get("boot-id")];
      if (address === undefined || bootId === undefined) return "The container did not say what it sees of its network";
      if (addressIn(said.get("eth0")) !== address) return `eth0 has not the address ${address} in the container`;
      if (said.get("nonce") !== evidence.facts.kataNonce) {
        const unheard = `The peer was not heard: ${said.get("nc") ?? "silence"}`;
        const late = said.get("nonce") === undefined && /timed out$|^silence$/.test(said.get("nc") ?? "silence");
        return (late && waited(lane, evidence, unheard)) || unheard;
      }
      if (heard.get("heard") !== bootId) return "The peer did not hear the container";
      if (addressIn(heard.get("eth0")) !== address)
        return "The container's first program did not have eth0 with its address when it started";
      return pass(`eth0 had ${address} from the first instruction; a connection to the peer carried words both ways`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { network: inside("nc nc: can't connect\n") }) },
  }),
};

/** What is said is not known to the testbed beforehand; what is heard is not known to the container. */
const connect = `
echo "address $1"
ip -o -4 addr show dev eth0 2>&1 | while read -r line; do echo "eth0 $line"; done
read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
echo "$id" | nc -w "$4" "$2" "$3" 2>&1 | while read -r line; do
  case $line in "nonce "*) echo "$line" ;; *) echo "nc $line" ;; esac
done
`;

const readBack = `
cat "$1"
while read -r line; do echo "heard $line"; done <"$2"
`;
