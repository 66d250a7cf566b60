import type { Seen } from "../model/command.ts";
import { shortLines } from "../vmms/short-lines.ts";
import { guestConsole, qemuSaid } from "./said.ts";
import type { KataTold } from "./trouble-rows.ts";
import { endedEarly } from "./watched.ts";

/** What was heard of a sandbox that is not well, each as text. */
export interface Heard {
  /** What Kata told the clients that were not answered as they should be. */
  readonly client: string;
  /** The shims' and containerd's logs. */
  readonly log: string;
  /** The guest's console. */
  readonly console: string;
  /** What QEMU said, by those logs. */
  readonly qemu: string;
  /** The log of the testbed's kernel. */
  readonly host: string;
}

export function hear({ steps }: KataTold, clients: readonly Seen[]): Heard {
  const client = shortLines(clients.map(({ stdout, stderr }) => `${stderr}${stdout}`).join("\n"));
  const log = shortLines(steps["kata.log"]?.stdout ?? "");
  const host = shortLines((steps["kata.host-log"] ?? steps["host.log"])?.stdout ?? "");
  return { client, log, host, console: guestConsole(steps["kata.console"]?.stdout ?? ""), qemu: qemuSaid(log, client) };
}

/** Steps of the harness's own, and those from which on the sandbox is to be gone: none shows whether it lives. */
const noClient =
  /^kata\.(?:configuration|console|drop-in|host-log|log|log-begin|modules|testbed|virtiofsd|vmm(?:-start)?|(?:again|stop).*|.*-(?:before|stop|testbed))$/;
/** What a client says whose shim is gone. */
const gone = /ttrpc: closed|connection reset|no running task|shim (?:disconnected|exited)/;

const isClient = (step: string) => step.startsWith("kata.") && !noClient.test(step);

function isUnanswered({ ending, stderr }: Seen): boolean {
  if (ending.kind === "timedOut") return true;
  return ending.kind === "exited" && ending.code !== 0 && (ending.code === endedEarly || gone.test(stderr));
}

/** The clients of a sandbox that had come up which were left without an answer. Reads no other step: a check goes by what it reads. */
export const unanswered = ({ steps }: KataTold): readonly Seen[] =>
  Object.keys(steps)
    .filter(isClient)
    .flatMap(step => steps[step] ?? [])
    .filter(isUnanswered);
