import { run } from "../../kata/ctr.ts";
import type { Lane } from "../../kata/lane.ts";
import { pass } from "../../model/check.ts";
import { printed } from "../example.ts";
import { lines } from "../marks.ts";
import { emulated } from "../trouble.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { left, leftovers, outlived, unlooked } from "./leftovers.ts";
import { waited } from "./waited.ts";

const times = 5;
const title = `${times} sandboxes come up and go one after the other, each on a kernel of its own`;

const order = Array.from({ length: times }, (_, at) => at + 1);
const nothing = printed("looked\n");
const proven = lanes(lane => ({
  "again-before": nothing,
  ...Object.fromEntries(order.map(at => [`again-${at}`, printed(`boot-id ${lane === "kata" ? `b${at}` : "0a"}\n`)])),
  again: nothing,
}));

/** In the lane's network namespace, the Go runtime's second sandbox stumbles over what the first one left at `eth0`. */
const sandbox = ({ ids }: Lane) => ({ id: ids.sandbox, role: "sandbox", network: "own" }) as const;

export const again: ContainerWorkload = {
  id: "again",
  letter: "L",
  title,
  before: lane => [leftovers(lane, "again-before")],
  steps: lane => [
    ...order.map(at => ({
      id: `${lane.name}.again-${at}`,
      command: run(lane, sandbox(lane), ["sh", "-c", look], 60_000),
    })),
    leftovers(lane, "again"),
  ],
  check: containerCheck({
    id: "again",
    title,
    code: "kata.again",
    prove: (lane, evidence) => {
      const kernels = order.map(at => lines(evidence, `${lane}.again-${at}`).get("boot-id"));
      const absent = order.filter(at => kernels[at - 1] === undefined);
      if (absent.length > 0) return `Of ${times} sandboxes in a row, ${absent.join(", ")} did not come up`;
      if (lane === "kata" && new Set(kernels).size < times) return "Two sandboxes in a row ran on the same kernel";
      const [before, after] = [evidence.steps[`${lane}.again-before`], evidence.steps[`${lane}.again`]];
      const unseen = unlooked(evidence, [`${lane}.again-before`, `${lane}.again`]);
      if (unseen) return unseen;
      const there = left(before, after, { emptied: emulated(evidence) });
      const slow = outlived(before, after)
        ? waited(lane, evidence, `After ${times} sandboxes in a row, ${there}`)
        : undefined;
      if (slow) return slow;
      if (there !== undefined) return `After ${times} sandboxes in a row, ${there}`;
      const took = order.map(at => evidence.steps[`${lane}.again-${at}`]?.durationMs ?? 0);
      return pass(`${times} sandboxes in a row, in ${took.join(", ")} ms; nothing of them is left`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { "again-3": printed("") }) },
  }),
};

const look = `
read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
`;
