import { spawn } from "node:child_process";
import { UsageError } from "../model/failure.ts";
import { type Machine, which } from "./machine.ts";

export type Say = (line: string) => void;

/** As people would type it. */
export function typed(argv: readonly string[]): string {
  return argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** The command as root runs it, or as sudo does. Throws UsageError where this user cannot become root. */
export function asRoot(machine: Machine, argv: readonly string[]): readonly string[] {
  if (machine.user.id === 0) return argv;
  if (which(machine, "sudo") === undefined)
    throw new UsageError("This needs an administrator, and there is no sudo", `Run as root: ${typed(argv)}`);
  return ["sudo", ...(machine.terminal ? [] : ["-n"]), ...argv];
}

/** A child finds programs where `which` does. */
export function childEnv(machine: Machine): NodeJS.ProcessEnv {
  return { ...machine.env, PATH: machine.search.join(":") };
}

/**
 * Says the command, runs it, and resolves to whether it ended well. What it prints goes to standard error: standard output
 * may be a verdict.
 */
export async function perform(machine: Machine, argv: readonly string[], say: Say): Promise<boolean> {
  say(`+ ${typed(argv)}`);
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { stdio: ["inherit", 2, 2], env: childEnv(machine) });
  return new Promise(resolve => {
    child.on("error", error => {
      say(error.message);
      resolve(false);
    });
    child.on("close", code => resolve(code === 0));
  });
}
