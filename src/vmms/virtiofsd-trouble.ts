import type { Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";

const refusal = /unexpected argument|unrecognized|unknown option|Found argument|invalid value|fuse: unknown option/;

/**
 * Why virtiofsd was not there to serve: it ended before a VMM could connect. Null where it served: it ends by itself, with
 * 0, when its VMM goes.
 */
export function diagnoseVirtiofsd(seen: Seen | undefined): Reason | null {
  if (seen === undefined) return null;
  const { ending } = seen;
  const said = seen.stderr.trimEnd().split("\n").slice(-20).join("\n");
  const last = said.split("\n").find(line => refusal.test(line)) ?? said.split("\n").at(-1) ?? "";
  if (ending.kind === "notStarted")
    return reason("virtiofsd.exited-early", `virtiofsd did not start: ${ending.code}`, said);
  if (/^waiting\b/m.test(seen.stdout)) return null;
  if (refusal.test(said)) return reason("virtiofsd.syntax", `virtiofsd: ${last.slice(0, 300)}`, said);
  const how =
    ending.kind === "exited"
      ? `exited with ${ending.code}`
      : ending.kind === "signalled"
        ? `died of ${ending.signal}`
        : "never listened";
  return reason("virtiofsd.exited-early", `virtiofsd ${how} before a VMM could connect: ${last.slice(0, 300)}`, said);
}
