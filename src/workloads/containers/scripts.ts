import { exec } from "../../kata/ctr.ts";
import type { Lane } from "../../kata/lane.ts";
import type { Step } from "../../model/command.ts";

type Script = readonly [script: string, ...positional: string[]];

/** Milliseconds. Under Kata on an emulated CPU, which is 8 to 40 times slower, it takes 1.5 s. */
const timeoutMs = 20_000;

const shell = ([script, ...positional]: Script) => ["sh", "-c", script, "sh", ...positional] as const;

interface More {
  /** A line of standard input. */
  readonly say?: string;
  /** Milliseconds that the script itself may wait, scaled. */
  readonly waitMs?: number;
}

/** The step `LANE.NAME`: a constant script in the shell of the sandbox's container. */
export const inSandbox = (lane: Lane, name: string, script: Script, { waitMs = 0, ...more }: More = {}): Step => ({
  id: `${lane.name}.${name}`,
  command: exec(lane, lane.ids.sandbox, shell(script), { as: name, timeoutMs: timeoutMs + waitMs, ...more }),
});

/** The same in another container of the pod. */
export const inContainer = (lane: Lane, container: string, name: string, script: Script): Step => ({
  id: `${lane.name}.${name}`,
  command: exec(lane, container, shell(script), { as: name, timeoutMs }),
});

/** The step `LANE.NAME`: a constant script in the testbed's own shell. */
export const onTestbed = (lane: Lane, name: string, script: Script): Step => ({
  id: `${lane.name}.${name}`,
  command: { argv: shell(script), timeoutMs },
});
