import { stop as stopContainer } from "../../kata/ctr.ts";
import { exitCodes } from "../../kata/pod-program.ts";
import { pass } from "../../model/check.ts";
import { printed } from "../example.ts";
import { emulated } from "../trouble.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { emptied, left, leftovers, outlived, unlooked } from "./leftovers.ts";
import { stopped } from "./stopped.ts";
import { waited } from "./waited.ts";

const title = "The sandbox ends when it is asked to, and nothing of it is left on the testbed";

const before = printed("inside lo\ninside eth0\nlooked\n");
const proven = lanes(() => ({
  "stop-before": before,
  stop: printed(
    `signalled s\nlevel=warning msg="task s exit with non-zero exit code ${exitCodes.sandbox}"\ntask deleted s\ncontainer deleted s\n`,
  ),
  "stop-left": before,
}));

export const stop: ContainerWorkload = {
  id: "stop",
  letter: "F",
  title,
  before: lane => [leftovers(lane, "stop-before")],
  steps: lane => [
    { id: `${lane.name}.stop`, command: stopContainer(lane, lane.ids.sandbox, 40_000) },
    leftovers(lane, "stop-left"),
  ],
  check: containerCheck({
    id: "stop",
    title,
    code: "kata.leftovers",
    prove: (lane, evidence) => {
      const { steps } = evidence;
      const after = steps[`${lane}.stop-left`];
      const before = steps[`${lane}.stop-before`];
      const unstopped = stopped(steps[`${lane}.stop`], exitCodes.sandbox);
      const unseen = unstopped === undefined && unlooked(evidence, [`${lane}.stop-before`, `${lane}.stop-left`]);
      if (unseen) return unseen;
      const wrong = unstopped ?? left(before, after, { emptied: emulated(evidence) });
      const late = unstopped === undefined && outlived(before, after);
      const slow = late ? waited(lane, evidence, `Of the sandbox, ${wrong}`) : undefined;
      if (slow) return slow;
      if (wrong !== undefined) return `Of the sandbox, ${wrong}`;
      const cgroups = emptied(after) === 0 ? "cgroup, " : "";
      const but = emptied(after) === 0 ? "" : `, but for ${emptied(after)} cgroups without a process, under emulation`;
      return pass(`Ended with its own code; no process, mount, ${cgroups}state or interface of it is left${but}`);
    },
    examples: {
      pass: proven,
      fail: kataInstead(proven, {
        "stop-left": printed("process 4711 virtiofsd\ninside lo\ninside eth0\nlooked\n"),
      }),
    },
  }),
};
