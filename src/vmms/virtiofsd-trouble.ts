import type { Ending, Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";
import { lacking } from "./lacking.ts";
import { shortLines } from "./short-lines.ts";

/** clap's, getopts' and libfuse's words for arguments that they do not take. */
export const refusal =
  /unexpected argument|wasn't expected|Found argument|unrecognized option|unknown option|invalid argument|invalid value|Invalid compat value|required arguments were not provided|Usage:/;

/** What a testbed may not allow it: its sandbox, and the capabilities that it keeps. */
const notAllowed =
  /Operation not permitted|PermissionDenied|EPERM|can't apply the child capabilities|Permission denied/;

const killed = (ending: Ending): boolean =>
  (ending.kind === "signalled" && ending.signal === "SIGKILL") || (ending.kind === "exited" && ending.code === 137);

function how(ending: Ending): string {
  if (ending.kind === "exited") return `exited with ${ending.code}`;
  return ending.kind === "signalled" ? `died of ${ending.signal}` : "did not start";
}

/** Why a virtiofsd that was to wait for a VMM did not: by what it said, then by how it ended. */
export function virtiofsdTrouble(said: string, ending: Ending): Reason {
  const lines = shortLines(said).trim().split("\n").slice(-20);
  const detail = lines.join("\n");
  const refused = lines.find(line => refusal.test(line));
  if (refused !== undefined)
    return reason("virtiofsd.syntax", `virtiofsd refuses its arguments: ${refused.slice(0, 300)}`, detail);
  if (notAllowed.test(detail))
    return reason("infra.no-privilege", "The testbed does not let virtiofsd make its sandbox", detail);
  if (ending.kind === "timedOut") return reason("infra.slow", "virtiofsd was not ready in time", detail);
  if (killed(ending))
    return reason("infra.memory", "virtiofsd was killed, as the kernel does when memory runs out", detail);
  const [lack] = lines.flatMap(line => lacking(line) ?? []);
  if (lack) return reason(lack.code, `virtiofsd ran out of ${lack.what}`, detail);
  const last = lines.at(-1)?.slice(0, 300) || "it said nothing";
  return reason("virtiofsd.exited-early", `virtiofsd ${how(ending)} before a VMM could connect: ${last}`, detail);
}

/** How the stand-in says that it ended; nothing where it neither ended nor listened in the time that it had. */
function endingOf({ stdout, ending }: Seen): Ending {
  const [, code, signal] = /^(?:exited (\d+)|signalled (\S+))$/m.exec(stdout) ?? [];
  if (code !== undefined) return { kind: "exited", code: Number(code) };
  if (signal !== undefined) return { kind: "signalled", signal };
  return ending.kind === "exited" && ending.code === 127
    ? { kind: "notStarted", code: "ENOENT" }
    : { kind: "timedOut", afterMs: 0 };
}

/** Why virtiofsd was not there to serve a guest, from the step that started it; null where it was. */
export function diagnoseVirtiofsd(seen: Seen | undefined): Reason | null {
  if (seen === undefined || /^waiting\b/m.test(seen.stdout)) return null;
  return virtiofsdTrouble(seen.stderr, endingOf(seen));
}
