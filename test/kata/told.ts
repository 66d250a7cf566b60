import type { KataTold } from "../../src/kata/trouble-rows.ts";
import type { Ending, Seen } from "../../src/model/command.ts";
import type { Acceleration, KataRuntime, TestbedKind } from "../../src/model/words.ts";
import { printed } from "../../src/workloads/example.ts";

/** What was seen of one sandbox, each as the lines that a step printed. */
export interface Ran {
  readonly runtime?: KataRuntime;
  /** Of the client that starts the sandbox: exited with 1 unless told. */
  readonly ending?: Ending;
  readonly client?: string;
  readonly log?: readonly string[];
  readonly console?: readonly string[];
  readonly host?: string;
  readonly acceleration?: Acceleration;
  readonly testbed?: TestbedKind;
  readonly virtiofsd?: string;
  readonly steps?: Readonly<Record<string, Seen>>;
}

export const exited = (code: number): Ending => ({ kind: "exited", code });
export const timedOut: Ending = { kind: "timedOut", afterMs: 75_000 };

/** A line of the Go shim's log, as logrus writes it and the harness's system log keeps it. */
export const go = (level: string, message: string, fields = ""): string =>
  `kata: time="2026-11-22T19:00:00.1Z" level=${level} msg=${JSON.stringify(message)} ${fields}name=containerd-shim-v2 pid=410 sandbox=kv-kata source=virtcontainers/hypervisor subsystem=qemu`;
export const goQemu = (said: string): string => go("error", said, "qemuPid=431 ");
/** QEMU's standard error came to its end: it did. */
export const goStopped: string = go("info", "Stop logging QEMU", "qemuPid=431 ");
export const goEnded = (how: string): string =>
  go("warning", "QEMU exited with an error", `error=${JSON.stringify(how)} `);

/** A line of the guest's console, as each shim passes it on. */
const consoleLine: Readonly<Record<KataRuntime, (line: string) => string>> = {
  go: line =>
    `kata: time="2026-11-22T19:00:00.1Z" level=debug msg="reading guest console" console-protocol=unix subsystem=sandbox vmconsole=${JSON.stringify(line)}`,
  rust: line => `kata: vm console: ${JSON.stringify(line)}`,
};

export function told(ran: Ran): KataTold {
  const { runtime = "go", ending = exited(1), client = "", log = [], console = [], host, steps = {} } = ran;
  const binaries = {
    source: "path",
    runtime,
    version: "4.0.0",
    digest: "0",
    vouched: "nobody",
    shim: "/s",
    config: "/c",
  };
  return {
    request: { tier: "kata", testbed: ran.testbed ?? "vm", because: "a test", requireKvm: false },
    facts: {
      acceleration: ran.acceleration ?? "kvm-nested",
      kata: { ...binaries, source: "path" },
      paths: ran.virtiofsd === undefined ? { virtiofsd: "/usr/libexec/virtiofsd" } : {},
    },
    steps: {
      "kata.sandbox": { ...printed(""), ending, stderr: client },
      "kata.log": printed(log.join("\n")),
      "kata.console": printed(console.map(consoleLine[runtime]).join("\n")),
      ...(host === undefined ? {} : { "kata.host-log": printed(host) }),
      ...steps,
    },
  };
}
