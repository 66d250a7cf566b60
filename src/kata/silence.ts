import type { Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";
import { emulated } from "../workloads/trouble.ts";
import { withoutVsock } from "./guest-vsock.ts";
import type { Heard } from "./heard.ts";
import type { KataTold } from "./trouble-rows.ts";
import { endedEarly } from "./watched.ts";

/** How Kata says that it waited for the agent in vain. */
const agentTimeOut =
  /timed out connecting to vsock|Failed to Check if grpc server is working|vsock: failed to connect|failed to connect to Vsock|DeadlineExceeded/;

/** Lines in which a shim says why it gives up: its client may have been ended before it was told. */
const givesUp = /Cannot start VM|failed to handle message/;
const whyGivenUp = (log: string) =>
  log
    .split("\n")
    .filter(line => givesUp.test(line))
    .join("\n");

const tail = (text: string, count = 12) => text.trimEnd().split("\n").slice(-count).join("\n");

/** The kernel has handed over to its first program. */
const handedOver = /Run \S*init as init process|kata-verify: \S+ (?:init|going over)/;
/** How the host's vsock says that no driver of the guest's has ever come up. */
const noDriver = /ENODEV: No such device/;
const begun = /qemuPid=\d+|qemu process started|Starting VM\b|Starting QEMU VM/;

/** The agent was waited for in vain, and nothing says why: how far did the guest get? */
function noAgent(told: KataTold, { client, console }: Heard): Reason {
  const last = tail(console) || tail(client);
  if (noDriver.test(client) && handedOver.test(console))
    return reason("guest.agent-no-vsock", "The guest's kernel never offered vsock, though its first program ran", last);
  if (emulated(told))
    return console === ""
      ? reason("infra.emulation-stall")
      : reason("infra.slow", "Kata's agent did not answer in time, under emulation", last);
  const far = console === "" ? "and the guest printed nothing" : "the guest's console ends with what is below";
  return reason("guest.agent-timeout", `Kata's agent did not answer in time; ${far}`, last);
}

/** The VMM ended without a word, with its client still waiting. */
const vmmLeft = ({ console, log }: Heard): Reason =>
  reason(
    /finished reading qemu stderr/.test(log) && console === "" ? "vmm.not-running" : "guest.no-boot",
    "The VMM ended by itself before the agent was reached, and nothing says why",
    tail(console) || tail(log),
  );

/** Why a sandbox did not come up, where nothing that is known says it: by what its kernel lacks, or how far it got. */
export function silence(told: KataTold, sandbox: Seen, heard: Heard): Reason {
  const { log, console } = heard;
  const client = [heard.client, whyGivenUp(log)].filter(Boolean).join("\n");
  const { ending } = sandbox;
  const lack = withoutVsock(told);
  if (lack !== undefined && handedOver.test(console))
    return reason("guest.agent-no-vsock", `The guest's kernel has no vsock: ${lack}`, tail(console));
  if (agentTimeOut.test(client)) return noAgent(told, { ...heard, client });
  if (ending.kind === "exited" && ending.code === endedEarly) return vmmLeft(heard);
  if (ending.kind === "timedOut") {
    if (console !== "") return noAgent(told, heard);
    if (emulated(told))
      return begun.test(log)
        ? reason("infra.emulation-stall", undefined, tail(log))
        : reason("infra.slow", "Kata's shim did not come as far as starting a VM in time, under emulation", tail(log));
    if (begun.test(log)) return noAgent(told, heard);
    return log === ""
      ? reason("containerd.not-answering", "containerd's client was not answered, and no shim said anything")
      : reason("kata.shim-hung", "Kata's shim started no VM and gave no answer", tail(log));
  }
  if (ending.kind === "notStarted")
    return reason("containerd.not-answering", `containerd's client did not start: ${ending.code}`);
  const last = tail(heard.client, 1).replace(/^ctr: /, "");
  return reason("harness.output-unreadable", `Kata gave up on the sandbox: ${last.slice(0, 300)}`, tail(heard.client));
}
