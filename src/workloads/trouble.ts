import { because, error, type Judgement } from "../model/check.ts";
import { type Reason, reason } from "../model/reason.ts";
import { isEmulated, type WorkloadId } from "../model/words.ts";
import { recognise } from "../requirements/console.ts";
import { diagnoseQemu } from "../vmms/qemu-trouble.ts";
import { lines, marks, type Told } from "./marks.ts";
import { token } from "./workload.ts";

/** A time-out then proves nothing of the guest. Where nobody saw what ran it, the testbed's own processor tells. */
export const emulated = ({ facts }: Told): boolean => isEmulated(facts.acceleration ?? facts.offered);

/** A time-out of the harness's own guest, whose VMM must have said what runs it, as a reason that accuses nobody; undefined where it may accuse. */
function excused(told: Told, message: string, detail?: string): Reason | undefined {
  if (emulated(told)) return reason("infra.slow", `${message}, under emulation`, detail);
  if (told.facts.acceleration !== undefined) return undefined;
  return reason("harness.not-observed", `${message}, and the VMM did not say what ran it`, detail);
}

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
  const slow = said?.code === "guest.hang" ? excused(told, said.message, said.lines) : undefined;
  if (slow) return slow;
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
  if (emulated(told) && seen === "0") return reason("infra.emulation-stall");
  const slow = excused(told, "The guest did not get to its end in time", last);
  if (slow) return slow;
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
  const slow = said.has("overdue") ? excused(told, `${id} did not end within ${said.get("overdue")}`) : undefined;
  if (slow) return error(slow.code, slow.message);
  return because(own.code, own.message, own.detail);
}
