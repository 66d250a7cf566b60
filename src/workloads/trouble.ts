import { because, error, type Judgement } from "../model/check.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { WorkloadId } from "../model/words.ts";
import { recognise } from "../requirements/console.ts";
import { diagnoseQemu } from "../vmms/qemu-trouble.ts";
import { lines, marks, type Told } from "./marks.ts";
import { token } from "./workload.ts";

/** Under these a time-out proves nothing of the guest. */
export const emulated = ({ facts }: Told) => facts.acceleration === "tcg" || facts.acceleration === "kvm-emulated";

/** KVM was asked for, and something else ran. */
const fellBack = ({ facts, steps }: Told) =>
  facts.acceleration === "tcg" && steps["guest.vmm"]?.argv.some(argument => /\baccel=kvm\b/.test(argument));

/** A console without what the guest's own program said, which is of one workload; the kernel may print into the middle of such a line. */
function withoutMarks({ facts: { nonce } }: Told, console: string): string {
  if (nonce === undefined) return console;
  return console.replace(new RegExp(`^${token(nonce)} .*?(?=\\[\\s*\\d+\\.\\d{6}\\]|$)`, "gm"), "");
}

/** What befell the guest as a whole; null where it ran to its own end. */
export function guestTrouble(told: Told): Reason | null {
  const { steps } = told;
  const console = `${steps["guest.console"]?.stdout ?? ""}${steps["guest.diagnosis"]?.stdout ?? ""}`;
  const vmm = steps["guest.vmm"];
  const said = recognise(withoutMarks(told, console));
  if (said?.code === "guest.hang" && emulated(told)) return reason("infra.slow", said.message, said.lines);
  if (said) return reason(said.code, said.message, said.lines);
  const ended = vmm && diagnoseQemu(vmm);
  if (ended) return ended;
  if (marks(told, "shutdown").has("begin")) return null;
  return silence(told, console);
}

const tail = (text: string) => text.trimEnd().split("\n").slice(-12).join("\n");

function silence(told: Told, console: string): Reason | null {
  const wait = told.steps["guest.wait"];
  if (wait === undefined) return null;
  const [how, , seen] = wait.stdout.split(" ");
  const up = marks(told, "guest").has("up");
  const last = tail(console);
  if (how !== "timedOut")
    return up
      ? reason("guest.panic", "The guest ended in the middle and said nothing of why", last)
      : reason("guest.no-boot", "The guest ended before its first program could say so on its console", last);
  if (fellBack(told)) return reason("infra.slow", "The VMM ran without the KVM that it was asked for", last);
  if (emulated(told))
    return seen === "0"
      ? reason("infra.emulation-stall")
      : reason("infra.slow", "The guest did not get to its end in time, under emulation", last);
  return up
    ? reason("guest.hang", undefined, last)
    : reason("guest.no-boot", "The guest did not reach its first program in time", last);
}

/** A module of the workload that the kernel package does not have, in modprobe's words. */
function missingModule(told: Told, modules: readonly string[]): string | undefined {
  const found = lines(told, "guest.modules");
  return modules.map(name => found.get(`${name}:`)).find(line => line?.includes("FATAL"));
}

/**
 * Why a workload has no proof to show. `own` is its own failure: it holds where the guest as a whole was well, or was at
 * this workload when it was not.
 */
export function absence(told: Told, id: WorkloadId, modules: readonly string[], own: Reason): Judgement {
  const said = marks(told, id);
  const missing = missingModule(told, modules);
  if (missing !== undefined) return because("guest.module-missing", missing.trim(), own.message);
  const trouble = guestTrouble(told);
  if (trouble && (said.has("begin") || id === "console")) return because(trouble.code, trouble.message, trouble.detail);
  if (trouble) return error(trouble.code, `The guest did not get that far. ${trouble.message}`, trouble.detail);
  if (said.has("overdue") && emulated(told))
    return error("infra.slow", `${id} did not end within ${said.get("overdue")}`);
  return because(own.code, own.message, own.detail);
}
