import type { Facts } from "../../model/evidence.ts";
import type { VmTestbed } from "../../observe/hands.ts";
import { fetch, run, write } from "./commands.ts";
import { enterArgv, startShell } from "./enter.ts";
import type { Started } from "./start.ts";
import { timeScale } from "./time-scale.ts";

export interface UpMachine {
  readonly started: Started;
  readonly stalls: number;
  readonly bootMs: number;
  readonly snapshot: NonNullable<Facts["snapshot"]>;
}

/** The port over a machine that is up. Takes it over: what was started ends with it. */
export function openTestbed(up: UpMachine, offered: NonNullable<Facts["offered"]>): VmTestbed {
  const { vmm, agent, bulk } = up.started;
  const channels = { agent, bulk, timeScale: timeScale(up.bootMs) };
  return {
    kind: "vm",
    timeScale: channels.timeScale,
    facts: {
      offered,
      snapshot: up.snapshot,
      bootMs: Math.round(up.bootMs),
      ...(up.stalls === 0 ? {} : { retries: [{ what: "starting the testbed", count: up.stalls }] }),
    },
    console: async () => vmm.console.text(),
    run: command => vmm.alive(run(channels, command)),
    write: (path, contents, mode = 0o644) => vmm.alive(write(channels, path, Buffer.from(contents), mode)),
    fetch: path => vmm.alive(fetch(channels, path)),
    // Not while it is alive to the run: an interrupted one may keep it.
    keep: async called => {
      await startShell(channels);
      const { name, program } = await vmm.keep(called);
      return {
        enter: [...program, "exec", "-it", name, ...enterArgv],
        hint: "Enter shows the prompt, Ctrl-] leaves",
        remove: [[...program, "rm", "-f", name]],
      };
    },
    [Symbol.asyncDispose]: () => up.started[Symbol.asyncDispose](),
  };
}
