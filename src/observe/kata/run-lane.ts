import { clear } from "../../kata/clear.ts";
import { start } from "../../kata/ctr.ts";
import type { Lane } from "../../kata/lane.ts";
import { noteLogs, readLogs } from "../../kata/logs.ts";
import { exitCodes, podProgram } from "../../kata/pod-program.ts";
import type { Command, Seen, Step } from "../../model/command.ts";
import type { ContainerWorkload } from "../../workloads/containers/container-workload.ts";
import { makeSetting, removeSetting } from "./setting.ts";

export type Act = (step: Step) => Promise<Seen>;

export interface LaneRun {
  readonly lane: Lane;
  readonly workloads: readonly ContainerWorkload[];
  /** Runs a step and writes it down. */
  readonly act: Act;
  /** Milliseconds that the sandbox may take to start, before the testbed scales them. */
  readonly sandboxMs: number;
  /** Beside the client that starts the sandbox. */
  readonly beside?: (command: Command) => Command;
  /** Looked at while the sandbox is up. */
  readonly looks?: readonly Step[];
}

const well = ({ ending }: Seen) => ending.kind === "exited" && ending.code === 0;

/** The sandbox of a lane, and all that its workloads do with it. One that did not come up is cleared away, no more. */
export async function runLane(one: LaneRun): Promise<void> {
  const { lane, workloads, act, sandboxMs, beside = (command: Command) => command, looks = [] } = one;
  await act(makeSetting(lane));
  try {
    await act(noteLogs(lane));
    for (const step of workloads.flatMap(({ before }) => before?.(lane) ?? [])) await act(step);
    const container = { id: lane.ids.sandbox, role: "sandbox" } as const;
    const client = start(lane, container, podProgram("sandbox", exitCodes.sandbox), sandboxMs);
    const sandbox = await act({ id: `${lane.name}.sandbox`, command: beside(client) });
    for (const step of looks) await act(step);
    const rest = well(sandbox) ? workloads : workloads.filter(({ id }) => id === "stop");
    let stopped = false;
    for (const step of rest.flatMap(({ steps }) => steps(lane))) {
      const seen = await act(step);
      if (step.id === `${lane.name}.stop`) stopped = well(seen);
    }
    for (const step of readLogs(lane)) await act(step);
    // What a lane leaves must not be found by the next one, nor by whoever uses the testbed then.
    if (!stopped) await act(clear(lane));
  } finally {
    await act(removeSetting(lane));
  }
}
