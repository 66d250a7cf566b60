import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What the set-up has to know of the machine that the harness runs on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly user: { readonly id: number; readonly name: string };
  /** Folders with programs, in the order of looking. */
  readonly search: readonly string[];
  readonly services: "systemd" | "openrc" | "none";
  /** Whether somebody is there to type a password. */
  readonly terminal: boolean;
  /** A folder of ours for what must be known after this run. */
  readonly state: string;
}

/** Daemons and package managers are here, and Debian leaves these folders out of an ordinary user's PATH. */
const administration = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

function services(): Machine["services"] {
  if (existsSync("/run/systemd/system")) return "systemd";
  return existsSync("/run/openrc/softlevel") ? "openrc" : "none";
}

/** The machine that this process runs on. */
export function thisMachine(env: Machine["env"] = process.env): Machine {
  const path = (env["PATH"] ?? "/usr/bin:/bin").split(delimiter).filter(folder => folder.startsWith("/"));
  return {
    env,
    user: { id: process.getuid?.() ?? 0, name: env["USER"] ?? env["LOGNAME"] ?? "" },
    search: [...new Set([...path, ...administration])],
    services: services(),
    terminal: !env["CI"] && Boolean(process.stdin.isTTY && process.stderr.isTTY),
    state: join(env["XDG_STATE_HOME"] || join(env["HOME"] ?? homedir(), ".local", "state"), "kata-verify"),
  };
}

/** The path of a program, or undefined where the machine has none. */
export function which(machine: Machine, program: string): string | undefined {
  return machine.search
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
