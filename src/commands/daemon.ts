import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startTime } from "../testbeds/start-time.ts";
import type { Machine } from "./machine.ts";
import { asRoot, childEnv, type Say, typed } from "./perform.ts";

/** A program that outlives this run. */
export interface Daemon {
  readonly pid: number;
  readonly startTime: string;
  /** The file that gets all it says. */
  readonly log: string;
  hasEnded(): boolean;
  /** The last three lines of that. */
  lastWords(): string;
}

/**
 * The shell makes the daemon and says its pid, so that under sudo too the pid is the daemon's own: a job in the background
 * of a shell that is not interactive leads no group, and `setsid` then does not fork.
 */
const script = 'setsid "$@" >"$0" 2>&1 </dev/null & echo $!';

/** Starts the program in a session of its own. Resolves to undefined, having said why, where the shell does not start. */
export function spawnDaemon(
  machine: Machine,
  name: string,
  { argv, root }: { readonly argv: readonly string[]; readonly root: boolean },
  say: Say,
): Promise<Daemon | undefined> {
  mkdirSync(machine.state, { recursive: true });
  const log = join(machine.state, `${name}.log`);
  const shell = ["sh", "-c", script, log, ...argv];
  const [program = "", ...rest] = root ? asRoot(machine, shell) : shell;
  say(`+ ${typed([...(root ? asRoot(machine, argv) : argv)])} >${log} 2>&1 &`);
  return new Promise(resolve => {
    const child = execFile(program, rest, { env: childEnv(machine) }, (error, stdout) => {
      if (error) {
        say(error.message);
        return resolve(undefined);
      }
      const pid = Number(stdout);
      const started = startTime(pid) ?? "ended before it was looked at";
      const hasEnded = () => startTime(pid) !== started;
      const lastWords = () => readFileSync(log, "utf8").trimEnd().split("\n").slice(-3).join("\n");
      resolve({ pid, startTime: started, log, hasEnded, lastWords });
    });
    child.stdin?.end();
  });
}
