import type { Seen } from "../model/command.ts";
import { type Code, type Reason, reason } from "../model/reason.ts";
import { recognise } from "../requirements/console.ts";
import { diagnoseQemu } from "../vmms/qemu-trouble.ts";
import { virtiofsdTrouble } from "../vmms/virtiofsd-trouble.ts";
import { lines } from "../workloads/marks.ts";
import { emulated } from "../workloads/trouble.ts";
import { type Heard, hear, unanswered } from "./heard.ts";
import { firstEnded, qemuEnding } from "./said.ts";
import { silence } from "./silence.ts";
import {
  answers,
  consoleRows,
  hostRows,
  type KataTold,
  lesserConsoleRows,
  node,
  refusals,
  type TroubleRow,
} from "./trouble-rows.ts";
import { vmmThatFellBack } from "./vmm-start.ts";

const longest = 300;
const following = 8;

const well = ({ ending }: Seen) => ending.kind === "exited" && ending.code === 0;

/** What a row finds, with the line that says it and some that follow. */
function known(told: KataTold, rows: readonly TroubleRow[], text: string): Reason | null {
  const said = text.split("\n");
  for (const { text: form, code, message } of rows) {
    const at = said.findIndex(line => form.test(line));
    if (at < 0) continue;
    const shown = said.slice(at, at + following).map(line => line.slice(0, longest));
    const line = shown[0]?.trim().replace(/^ctr: /, "");
    return reason(typeof code === "function" ? code(told) : code, `${message}: ${line}`, shown.join("\n").trimEnd());
  }
  return null;
}

const nodes: readonly (readonly [path: string, absent: Code | ((told: KataTold) => Code)])[] = [
  ["/dev/kvm", "infra.no-kvm"],
  ["/dev/vhost-vsock", node("infra.no-vhost-vsock")],
  ["/dev/net/tun", node("infra.no-tun")],
  ["/dev/vhost-net", node("infra.no-privilege")],
];

/** What the look at the testbed said of the nodes that Kata opens. */
function absentNode(told: KataTold): Reason | null {
  const look = lines(told, "kata.testbed");
  for (const [path, absent] of nodes) {
    const opened = look.get(path);
    if (opened === undefined || opened === "ok") continue;
    const code = typeof absent === "function" ? absent(told) : absent;
    return reason(/EPERM|EACCES/.test(opened) ? "infra.no-privilege" : code, `${path} on the testbed: ${opened}`);
  }
  return null;
}

/** virtiofsd with Kata's arguments and nobody else: there it says why, to Kata it does not. */
function virtiofsdAlone({ steps, facts }: KataTold): Reason | null {
  const seen = steps[`virtiofsd.arguments-${facts.kata?.runtime ?? "go"}`];
  if (seen === undefined || /Waiting for vhost-user socket connection/.test(`${seen.stdout}${seen.stderr}`))
    return null;
  return virtiofsdTrouble(`${seen.stdout}${seen.stderr}`, seen.ending);
}

function virtiofsdEnded(told: KataTold, { log }: Heard): Reason {
  const own = log.split("\n").filter(line => /\bvirtiofsd(?:\[\d+\])?: |source: virtiofsd /.test(line));
  const said = own.map(line => line.replace(/^.*(?:source: virtiofsd |virtiofsd(?:\[\d+\])?: )/, "")).join("\n");
  const alone = virtiofsdAlone(told);
  if (alone) return alone;
  const why = said === "" ? "Kata keeps nothing of what it said" : said.split("\n").at(-1)?.slice(0, longest);
  return reason("virtiofsd.exited-early", `virtiofsd ended while the sandbox needed it: ${why}`, said);
}

/** By what the VMM said of itself: its exit may follow from anything, its words do not. */
function vmmSaid(told: KataTold, seen: Heard): Reason | null {
  const why = diagnoseQemu({ ending: { kind: "exited", code: 0 }, stderr: seen.qemu });
  return why?.code === "virtiofsd.exited-early" ? virtiofsdEnded(told, seen) : why;
}

function consoleSaid(told: KataTold, { console }: Heard): Reason | null {
  const own = known(told, consoleRows, console);
  if (own) return own;
  const kernel = recognise(console);
  if (kernel?.code === "guest.hang" && emulated(told)) return reason("infra.slow", kernel.message, kernel.lines);
  return kernel ? reason(kernel.code, kernel.message, kernel.lines) : null;
}

function vmmEnded({ log, qemu }: Heard): Reason | null {
  const ending = qemuEnding(log);
  return ending === undefined ? null : diagnoseQemu({ ending, stderr: qemu });
}

/** What a VMM under TCG does not do in time is not its guest's doing. */
function vmmFellBack({ steps }: KataTold): Reason | null {
  const found = vmmThatFellBack(steps["kata.vmm-start"]);
  return found === undefined
    ? null
    : reason(
        "acceleration.fell-back",
        `${found.exe} was asked for KVM and ran the guest under TCG`,
        steps["kata.vmm-start"]?.stdout.trimEnd(),
      );
}

/** What is known to be wrong, the more telling first: what a thing says of itself, before what others say that follows from it. */
const cause = (told: KataTold, heard: Heard): Reason | null =>
  known(told, hostRows, heard.host) ??
  vmmFellBack(told) ??
  vmmSaid(told, heard) ??
  consoleSaid(told, heard) ??
  (firstEnded(heard.log) === "virtiofsd" ? virtiofsdEnded(told, heard) : null) ??
  vmmEnded(heard);

/**
 * What befell the sandbox as a whole: why it did not come up, or what it died of. Null where it lived, nobody saw it, or
 * nothing that is known says what it died of; never for a sandbox that did not come up.
 */
export function kataTrouble(told: KataTold): Reason | null {
  const sandbox = told.steps["kata.sandbox"];
  if (sandbox === undefined) return null;
  if (!well(sandbox)) {
    const heard = hear(told, [sandbox]);
    return (
      known(told, refusals, heard.client) ??
      absentNode(told) ??
      cause(told, heard) ??
      known(told, lesserConsoleRows, heard.console) ??
      known(told, answers, heard.client) ??
      silence(told, sandbox, heard)
    );
  }
  const clients = unanswered(told);
  if (clients.length === 0) return null;
  const heard = hear(told, clients);
  return cause(told, heard) ?? known(told, answers, heard.client);
}
