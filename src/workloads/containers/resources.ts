import { run } from "../../kata/ctr.ts";
import { pass } from "../../model/check.ts";
import { printed } from "../example.ts";
import { lines, type Told } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox } from "./scripts.ts";

const title = "The guest has the memory and the CPUs that its containers ask for";

const asked = { memoryBytes: 256 * 1024 * 1024, cpuQuota: 100_000, cpuPeriod: 100_000 };
/** Kilobytes; a kernel keeps some of what is plugged in for itself. */
const leastGrowth = (asked.memoryBytes / 1024) * 0.9;

const looked = (memory: number) => printed(`memory ${memory}\ncpus 1\n`);
const proven = lanes(lane => ({
  "resources-before": looked(500_000),
  resources: looked(lane === "kata" ? 762_144 : 500_000),
}));

const memoryOf = (told: Told, step: string) => Number(lines(told, step).get("memory"));

export const resources: ContainerWorkload = {
  id: "resources",
  letter: "K",
  title,
  steps: lane => [
    inSandbox(lane, "resources-before", [look]),
    {
      id: `${lane.name}.resources`,
      command: run(lane, { id: lane.ids.limited, role: "member", limits: asked }, ["sh", "-c", look], 40_000),
    },
  ],
  check: containerCheck({
    id: "resources",
    title,
    code: "kata.resources",
    prove: (lane, evidence) => {
      const [before, after] = [memoryOf(evidence, `${lane}.resources-before`), memoryOf(evidence, `${lane}.resources`)];
      const cpus = lines(evidence, `${lane}.resources`).get("cpus");
      if (!(before > 0) || !(after > 0) || cpus === undefined) return "A container did not say what the guest has";
      // By default the runtime in Rust gives a VM its size when it starts, and the one in Go adds to it.
      const grows = lane === "kata" && evidence.facts.kata?.runtime !== "rust";
      if (grows && after - before < leastGrowth)
        return `The guest had ${before} kB of memory, and ${after} kB with a container that asked for ${asked.memoryBytes} bytes`;
      return pass(`${cpus} CPUs and ${after} kB of memory, ${before} kB before a container asked for more`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { resources: looked(500_000) }) },
  }),
};

const look = `
while read -r key value rest; do [ "$key" != MemTotal: ] || echo "memory $value"; done </proc/meminfo
echo "cpus $(nproc)"
`;
