import { start, stop } from "../../kata/ctr.ts";
import { exitCodes, podProgram } from "../../kata/pod-program.ts";
import { pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inContainer, inSandbox } from "./scripts.ts";
import { stopped } from "./stopped.ts";

const title = "Two containers of a pod share its VM, its network and its volume, and end on their own";

const second = (bootId: string) => printed(`boot-id ${bootId}\naddress 192.0.2.2\nnetwork 192.0.2.2\n`);
const gone = printed(
  `signalled s\nlevel=warning msg="task s exit with non-zero exit code ${exitCodes.second}"\ntask deleted s\ncontainer deleted s\n`,
);
const proven = lanes(() => ({
  "pod-second": second("0b"),
  "pod-stop": gone,
  pod: printed(`boot-id 0b\nnote second ${exampleNonce}\n`),
}));

export const pod: ContainerWorkload = {
  id: "pod",
  letter: "H",
  title,
  steps: lane => {
    const { second } = lane.ids;
    const program = podProgram("second", exitCodes.second);
    return [
      { id: `${lane.name}.pod-start`, command: start(lane, { id: second, role: "member" }, program, 40_000) },
      inContainer(lane, second, "pod-second", [inSecond, lane.nonce, lane.network.address]),
      { id: `${lane.name}.pod-stop`, command: stop(lane, second, 30_000) },
      inSandbox(lane, "pod", [inFirst]),
    ];
  },
  check: containerCheck({
    id: "pod",
    title,
    code: "kata.pod",
    prove: (lane, evidence) => {
      const there = lines(evidence, `${lane}.pod-second`);
      const here = lines(evidence, `${lane}.pod`);
      const bootId = there.get("boot-id");
      if (bootId === undefined) return "The second container did not come up";
      if (!here.has("boot-id")) return "The first container did not outlive the second";
      const wrong = [
        here.get("boot-id") !== bootId && "they run on two kernels",
        there.get("network") !== there.get("address") && "the second has not the pod's address",
        here.get("note") !== `second ${evidence.facts.kataNonce}` &&
          "the first does not see what the second wrote to the volume",
        stopped(evidence.steps[`${lane}.pod-stop`], exitCodes.second),
      ].filter(one => one !== false && one !== undefined);
      if (wrong.length > 0) return `Of the two containers, ${wrong.join("; ")}`;
      return pass(`One kernel (boot id ${bootId}), one address, one volume; the first outlived the second`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { "pod-second": second("0c") }) },
  }),
};

const inSecond = `
read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
echo "second $1" >/volume/second
echo "address $2"
set -- $(ip -o -4 addr show dev eth0 2>/dev/null); echo "network \${4%/*}"
`;

const inFirst = `
read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
echo "note $(cat /volume/second)"
`;
